// Bytes that a peer has damaged, on purpose or not: never a trap, either an error or a value that survives the way back.

import NIOCore
import Testing
import TollgateTestSupport
import TollgateValues

@testable import TollgateWire

@Suite struct MutationTests {
  @Test(arguments: VectorTests.groups) func mutatedFramesNeverTrap(group: String) throws {
    var random = SeededGenerator()
    var accepted = 0
    var refused = 0
    for sample in Samples.all where sample.group == group {
      let original = try sample.frame.bytes
      for _ in 0..<150 {
        let bytes = Self.mutated(original, using: &random)
        do {
          guard let frame = try AnyFrame.decode(bytes, method: sample.method, frameBytesMax: 1 << 16) else { continue }
          accepted += 1
          let again = try #require(try AnyFrame.decode(try frame.bytes, method: sample.method))
          let survives = again.json == frame.json
          #expect(survives, "\(sample.name) \(hex(bytes)) \(random.recipe)")
        } catch let error as WireError {
          refused += 1
          #expect(!error.description.isEmpty)
        }
      }
    }
    #expect(accepted > 0 && refused > 0, "mutations should meet both fates; \(random.recipe)")
  }

  /// Some bytes changed, cut off, repeated or put in; the frame's length sometimes put right.
  static func mutated(_ original: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
    var bytes = original
    let interesting: [UInt8] = [0, 1, 7, 8, 0x7f, 0x80, 0xff]
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
      let at = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: bytes.removeSubrange(at...)
      case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
      case 2: bytes += bytes[at...].prefix(64)
      case 3, 4: bytes[at] = interesting.randomElement(using: &random)!
      case 5: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      default: bytes[at] = UInt8.random(in: 0...255, using: &random)
      }
    }
    if bytes.count >= 16, Bool.random(using: &random) {
      let length = bytes.count - 16
      for index in 0..<4 { bytes[index] = UInt8(length >> (8 * index) & 0xff) }
    }
    return bytes
  }

  @Test func pureNoiseNeverTraps() {
    var random = SeededGenerator()
    for type in MessageLayout.messages + MessageLayout.elements {
      for _ in 0..<100 {
        let bytes = (0..<Int.random(in: 0..<300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        let rootBytes = Int.random(in: 0...bytes.count + 8, using: &random)
        do { try decodeAny(type, bytes, rootBytes: rootBytes) } catch { #expect(!error.endsConnection) }
      }
    }
  }
}
