// Measures the kernel and memcpy in turns, so that whatever else the machine does hits both.

import Foundation
import TollgatePricing

/// A kernel and memcpy over the same number of bytes.
struct Comparison {
  /// Seconds for one pass over the batch, one element a round.
  private(set) var kernel: [Double] = []
  private(set) var copy: [Double] = []
  private let rows: Int
  static let bytesPerRow = 12

  init(_ jobs: borrowing JobColumns, _ pricer: KernelPricer, seconds: Double) {
    rows = jobs.count
    var prices = PriceColumns()
    let bytes = rows * Comparison.bytesPerRow / 2
    let source = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    let target = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    defer {
      source.deallocate()
      target.deallocate()
    }
    memset(source, 1, bytes)
    memset(target, 2, bytes)
    pricer.price(jobs, into: &prices)
    // A round is long enough for the clock, and there are at least seven.
    let passes = max(1, 2_000_000 / rows)
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: .seconds(seconds))
    var rounds = 0
    while rounds < 7 || clock.now < end {
      rounds += 1
      let start = clock.now
      for _ in 0..<passes { pricer.price(jobs, into: &prices) }
      let middle = clock.now
      for _ in 0..<passes { memcpy(target, source, bytes) }
      let finish = clock.now
      kernel.append(Comparison.seconds(start.duration(to: middle)) / Double(passes))
      copy.append(Comparison.seconds(middle.duration(to: finish)) / Double(passes))
    }
  }

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  func line(_ level: PricingLevel, _ rows: Int, _ fit: LaneFit) -> String {
    let pass = Comparison.median(kernel)
    let best = kernel.min() ?? pass
    let copied = Comparison.median(copy)
    let bytes = Double(rows * Comparison.bytesPerRow)
    func pad(_ text: String, _ width: Int) -> String { text.padding(toLength: width, withPad: " ", startingAt: 0) }
    let rate = String(format: "%6.3f (%.3f)", Double(rows) / pass / 1e9, Double(rows) / best / 1e9)
    return pad(level.rawValue, 10) + pad("\(rows)", 10) + pad(fit.rawValue, 21) + pad(rate, 18)
      + String(format: "%5.1f   %8.1f      %6.0f %%", bytes / pass / 1e9, bytes / copied / 1e9, copied / pass * 100)
  }
}

/// The bytes of a file.
func readFile(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

/// A file that is written from its beginning.
struct OutputFile {
  private let handle: FileHandle

  init(_ path: String) throws {
    try Data().write(to: URL(fileURLWithPath: path))
    handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws { try handle.write(contentsOf: Data(bytes)) }
}
