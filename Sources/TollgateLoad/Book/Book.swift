// The harness's own book: what the server acknowledged, account by account, as differences since the run began.

internal import TollgateValues

/// What one thread knows of one account.
struct BookLine: BitwiseCopyable {
  /// Micro-credits in open holds.
  var held: Int64 = 0
  /// Micro-credits captured and charged.
  var spent: Int64 = 0
}

/// A hold that nobody will settle any more: it counts as held until it expires.
struct OpenHold: Sendable {
  var hold: HoldID
  var account: UInt32
  var amount: Int64
  /// By the server's clock.
  var expires: Instant
}

/// Something that must not happen, whatever the sums say.
struct Contradiction: Sendable {
  var account: UInt32
  var figure: String
  var expected: Int64
  var found: Int64
}

/// The book of one thread.
struct Book: Sendable {
  private(set) var lines: ContiguousArray<BookLine>
  /// Holds that are left alone, as their worker died or the run ended.
  private(set) var open: [OpenHold] = []
  private(set) var contradictions: [Contradiction] = []
  private(set) var contradictionCount = 0
  /// Contradictions that are kept in words; more are only counted.
  static let contradictionsMax = 1_000

  /// - Parameter accounts: 0: nothing is kept.
  init(accounts: Int) { lines = ContiguousArray(repeating: BookLine(), count: accounts) }

  /// The server set credits aside.
  @inline(__always)
  mutating func hold(_ account: UInt32, _ amount: Int64) {
    guard Int(account) < lines.count else { return }
    lines[Int(account)].held &+= amount
  }

  /// A hold has ended, and so much of it was taken.
  @inline(__always)
  mutating func settle(_ account: UInt32, held: Int64, taken: Int64) {
    guard Int(account) < lines.count else { return }
    lines[Int(account)].held &-= held
    lines[Int(account)].spent &+= taken
  }

  @inline(__always)
  mutating func charge(_ account: UInt32, _ amount: Int64) {
    guard Int(account) < lines.count else { return }
    lines[Int(account)].spent &+= amount
  }

  /// A hold stays open, until it expires by itself.
  mutating func abandon(_ hold: OpenHold) {
    if !lines.isEmpty { open.append(hold) }
  }

  /// Something is not as it must be: told as 1 expected and 0 found, in whole credits like all figures.
  mutating func deny(_ account: UInt32, _ figure: String) {
    contradict(account, figure, Credits.microcreditsPerCredit, 0)
  }

  /// Two acknowledgements that cannot both be true.
  @inline(__always)
  mutating func expect(_ account: UInt32, _ figure: @autoclosure () -> String, _ expected: Int64, found: Int64) {
    if expected != found { contradict(account, figure(), expected, found) }
  }

  private mutating func contradict(_ account: UInt32, _ figure: String, _ expected: Int64, _ found: Int64) {
    contradictionCount += 1
    guard contradictions.count < Book.contradictionsMax else { return }
    contradictions.append(Contradiction(account: account, figure: figure, expected: expected, found: found))
  }

  /// Adds another thread's book.
  mutating func merge(_ other: Book) {
    for index in lines.indices where index < other.lines.count {
      lines[index].held &+= other.lines[index].held
      lines[index].spent &+= other.lines[index].spent
    }
    open += other.open
    contradictions = Array((contradictions + other.contradictions).prefix(Book.contradictionsMax))
    contradictionCount += other.contradictionCount
  }
}
