// Golden vectors: the bytes of every message are written down in Protocol/vectors, and both directions must agree with them.
// TOLLGATE_WRITE_VECTORS=1 writes them anew; a change there is a change of the protocol and must be meant.

import Foundation
import Testing

@testable import TollgateWire

let protocolFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "Protocol")
let writesVectors = ProcessInfo.processInfo.environment["TOLLGATE_WRITE_VECTORS"] == "1"

@Suite struct VectorTests {
  static let groups = Set(Samples.all.map(\.group)).sorted()

  static func file(_ group: String) -> URL { protocolFolder.appending(path: "vectors/\(group).json") }

  static func read(_ group: String) throws -> [JSONValue] {
    let value = try #require(JSONValue(parsing: try Data(contentsOf: file(group))))
    return try #require(value["vectors"]?.elements)
  }

  static func write(_ group: String, _ vectors: [JSONValue]) throws {
    let whole = JSONValue.object([("group", .text(group)), ("vectors", .list(vectors))])
    try Data((whole.pretty() + "\n").utf8).write(to: file(group))
  }

  @Test(arguments: groups) func encodingGivesTheGoldenBytes(group: String) throws {
    let samples = Samples.all.filter { $0.group == group }
    let vectors = try samples.map { sample in
      JSONValue.object([
        ("name", .text(sample.name)), ("replyTo", .number(UInt64(sample.method.rawValue))),
        ("hex", .text(hex(try sample.frame.bytes))), ("type", .number(UInt64(sample.frame.type.rawValue))),
        ("call", .text(String(sample.frame.call))), ("head", sample.frame.head),
        ("message", .text(sample.frame.messageName)), ("fields", sample.frame.fields),
      ])
    }
    if writesVectors { try Self.write(group, vectors) }
    let golden = try Self.read(group)
    #expect(golden.count == vectors.count)
    for (vector, expected) in zip(vectors, golden) { #expect(vector == expected, "\(expected["name"]!)") }
  }

  @Test(arguments: groups) func decodingTheGoldenBytesGivesTheFields(group: String) throws {
    for vector in try Self.read(group) {
      let bytes = unhex(try #require(vector["hex"]?.string))
      let method = Method(rawValue: UInt16(try #require(vector["replyTo"]?.number)))
      let frame = try #require(try AnyFrame.decode(bytes, method: method))
      for key in ["type", "call", "head", "message", "fields"] {
        #expect(frame.json[key] == vector[key], "\(vector["name"]!) \(key)")
      }
      #expect(try frame.bytes == bytes)
    }
  }

  @Test func everyMessageHasAVector() throws {
    let seen = Set(Samples.all.map(\.frame.messageName))
    for type in MessageLayout.messages { #expect(seen.contains(type.layout.name), "\(type)") }
    for (_, layout) in Detail.layouts { #expect(seen.contains(layout.name)) }
    for row in Method.table { #expect(Samples.all.contains { $0.name == "\(row.name)Request" }, "\(row.name)") }
  }

  @Test func refusedFramesNameTheirProblem() throws {
    let cases = try Samples.refused()
    if writesVectors {
      try Self.write(
        "refused",
        cases.map { item in
          .object([
            ("name", .text(item.name)), ("problem", .number(UInt64(item.problem.rawValue))),
            ("endsConnection", .flag(WireError(item.problem, at: 0).endsConnection)), ("hex", .text(hex(item.bytes))),
          ])
        })
    }
    let golden = try Self.read("refused")
    #expect(golden.map { $0["name"]?.string } == cases.map(\.name))
    for vector in golden {
      let error = #expect(throws: WireError.self) {
        try AnyFrame.decode(unhex(vector["hex"]?.string ?? ""), method: .authorize)
      }
      #expect((error?.problem.rawValue).map(UInt64.init) == vector["problem"]?.number, "\(vector["name"]!)")
    }
  }
}
