// The prices of a batch: two bytes a job while all of them fit, eight once one of them does not.

/// The prices of a batch, row by row with its jobs.
package struct PriceColumns: Sendable {
  /// µcr in a lane's one.
  private(set) var quantum: Int64 = 1
  /// Whether the words hold the prices, rather than the lanes.
  package private(set) var isWide = false
  package private(set) var count = 0
  // Memory only grows, and only its first `count` elements mean something: a batch costs no clearing.
  private var lanes: [Int16] = []
  private var words: [Int64] = []

  package init() {}

  /// A row's price as one word: µcr, or a refusal's code below zero (`Price.init(encoded:)`).
  package func encoded(_ row: Int) -> Int64 {
    precondition(row >= 0 && row < count, "row \(row) of \(count)")
    return isWide ? words[row] : PriceColumns.word(lanes[row], quantum)
  }

  /// All rows as words.
  package var encoded: [Int64] { (0..<count).map(encoded) }

  /// The price of a row.
  package subscript(row: Int) -> Price { Price(encoded: encoded(row)) }

  /// A lane is a number of quanta, or minus a refusal's code in its high byte.
  @inline(__always)
  static func word(_ lane: Int16, _ quantum: Int64) -> Int64 {
    lane >= 0 ? Int64(lane) * quantum : Int64(lane >> 8)
  }

  /// The lane of a word; nil if it is too dear.
  @inline(__always)
  static func lane(_ word: Int64, _ quantum: Int64) -> Int16? {
    word >= 0 ? Int16(exactly: word / quantum) : Int16(word) << 8 | 0xFF
  }

  /// Makes room for `count` lanes, whose old contents mean nothing, and lends it.
  mutating func fillLanes(
    _ count: Int, quantum: Int64, _ body: (UnsafeMutableBufferPointer<Int16>) -> Bool
  ) -> Bool {
    (self.count, self.quantum, isWide) = (count, quantum, false)
    if lanes.count < count { lanes.append(contentsOf: repeatElement(0, count: count - lanes.count)) }
    return lanes.withUnsafeMutableBufferPointer { body(UnsafeMutableBufferPointer(rebasing: $0[..<count])) }
  }

  /// The same for words.
  mutating func fillWords(_ count: Int, _ body: (UnsafeMutableBufferPointer<Int64>) -> Void) {
    (self.count, isWide) = (count, true)
    if words.count < count { words.append(contentsOf: repeatElement(0, count: count - words.count)) }
    words.withUnsafeMutableBufferPointer { body(UnsafeMutableBufferPointer(rebasing: $0[..<count])) }
  }

  /// Lends the prices as they are: lanes and what one of them is worth, or else words.
  package func withPrices<Result>(
    lanes lanesBody: (UnsafeBufferPointer<Int16>, _ quantum: Int64) throws -> Result,
    words wordsBody: (UnsafeBufferPointer<Int64>) throws -> Result
  ) rethrows -> Result {
    if isWide {
      try words.withUnsafeBufferPointer { try wordsBody(UnsafeBufferPointer(rebasing: $0[..<count])) }
    } else {
      try lanes.withUnsafeBufferPointer { try lanesBody(UnsafeBufferPointer(rebasing: $0[..<count]), quantum) }
    }
  }
}
