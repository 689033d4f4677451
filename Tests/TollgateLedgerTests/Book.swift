// Runs ledger tests written as tables: one line a command, its expected outcome behind an arrow, like an account book.

import Testing
import TollgateLedger
import TollgateValues

/// A ledger with names: `A1`, `H1` and `L1` stand for ids, times are seconds since `start`, amounts are credits.
struct Book {
  static let start = Instant(nanoseconds: 1_800_000_000_000_000_000)

  var ledger: Ledger
  var now = start
  var requests: [String: RequestID] = [:]
  /// What each named request left: for refunds.
  var consumed: [String: (entry: EntryNumber, parts: [LotAmount])] = [:]
  var entries: [Entry] = []
  var lastEntries: [Entry] = []
  var lastPostings: [Posting] = []

  init(_ configuration: LedgerConfiguration = LedgerConfiguration()) {
    ledger = Ledger(configuration: configuration, hashKey: (0x1234, 0x5678))
  }

  /// Runs a table; lines are `[at N] command → expectation`.
  mutating func run(_ table: String, _ location: SourceLocation = #_sourceLocation) {
    for line in table.split(separator: "\n") {
      let sides = line.components("→")
      var words = sides[0].split(separator: " ").map(String.init)
      if words.first == "at" {
        now = Book.start.advanced(by: .seconds(Int64(words[1]) ?? 0))
        words.removeFirst(2)
      }
      guard let verb = words.first else { continue }
      let expected = sides.count > 1 ? sides[1].trimmed : nil
      let actual = answer(verb, Words(words.dropFirst().map { $0 }))
      if let expected { #expect(actual == expected, "\(line)", sourceLocation: location) }
      let findings = ledger.audit()
      #expect(findings.isEmpty, "\(line): \(findings)", sourceLocation: location)
    }
  }

  private mutating func answer(_ verb: String, _ words: Words) -> String {
    switch verb {
    case "balance": return balance(words[0])
    case "lots": return lots(words[0])
    case "entries": return lastEntries.map { "\($0.kind) \($0.amount)" }.joined(separator: ", ")
    case "postings":
      return lastPostings.map { "\(name($0.lot)) \($0.from)>\($0.to) \($0.amount)" }.joined(separator: ", ")
    case "show": return show(words[0])
    default:
      let name = words.label ?? words[0]
      let fresh = requests[name] == nil
      let request = requests[name] ?? RequestID(at: now, randomness: (1, UInt64(requests.count + 1) << 20))
      guard let operation = operation(verb, words) else { return "no such command: \(verb)" }
      requests[name] = request
      return apply(Command(request: request, operation: operation), name: name, remembers: fresh)
    }
  }

  /// Applies one command and tells its outcome in words.
  mutating func apply(_ command: Command, name: String = "", remembers: Bool = false) -> String {
    var (log, decisions) = (EntryLog(), [Decision]())
    ledger.apply([command], at: now, into: &log, decisions: &decisions)
    (lastEntries, lastPostings) = (log.entries, log.postings)
    entries += log.entries
    let kinds: [EntryKind] = [.captured, .charged, .capturedLate, .excessCharged]
    if remembers, let entry = log.entries.last(where: { kinds.contains($0.kind) }) {
      let range = Int(entry.postingStart)..<Int(entry.postingStart + entry.postingCount)
      consumed[name] = (entry.number, log.postings[range].map { LotAmount(lot: $0.lot, amount: $0.amount) })
    }
    return text(decisions[0])
  }

  private func balance(_ name: String) -> String {
    guard let view = ledger.account(accountID(name)) else { return "none" }
    return "\(view.available) available, \(view.held) held" + (view.pending == .zero ? "" : ", \(view.pending) pending")
      + (view.overdraftUsed == .zero ? "" : ", \(view.overdraftUsed) owed")
  }

  private func lots(_ account: String) -> String {
    ledger.lots(of: accountID(account), after: nil, limit: .max).map { "\(name($0.id)) \($0.available)" }
      .joined(separator: ", ")
  }

  private func show(_ hold: String) -> String {
    guard let view = ledger.hold(holdID(hold)) else { return "none" }
    return switch view.state {
    case .open: "open \(view.captured) of \(view.amount), \(view.left) left"
    case .ended(let how): "\(how) \(view.captured) of \(view.amount)"
    }
  }

  func name(_ lot: LotID) -> String { requests.first { $0.value.lot == lot }?.key ?? "?" }

  func accountID(_ name: String) -> AccountID { AccountID(high: 0xACC0, low: UInt64(name.dropFirst()) ?? 0xFFFF) }

  func holdID(_ name: String) -> HoldID { requests[name]?.hold ?? HoldID(high: 0, low: 99) }
}

/// The words of a line after its verb.
struct Words {
  var words: [String]
  /// `#name` names the request, so that it can be repeated.
  var label: String?

  init(_ all: [String]) {
    label = all.first { $0.hasPrefix("#") }
    words = all.filter { !$0.hasPrefix("#") }
  }

  subscript(index: Int) -> String { index < words.count ? words[index] : "" }
  func has(_ word: String) -> Bool { words.contains(word) }
  /// The word after a keyword.
  func after(_ keyword: String) -> String? {
    words.firstIndex(of: keyword).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
  }
  func number(_ keyword: String) -> Int64? { after(keyword).flatMap { Int64($0) } }
}

extension Substring {
  /// Splits at the first separator, if there is one.
  func components(_ separator: Character) -> [String] {
    guard let position = firstIndex(of: separator) else { return [String(self)] }
    return [String(self[..<position]), String(self[index(after: position)...])]
  }
}

extension String {
  var trimmed: String {
    var words = Substring(self)
    while words.first == " " { words.removeFirst() }
    while words.last == " " { words.removeLast() }
    return String(words)
  }
}

/// Credits of a literal.
func credits(_ text: String) -> Credits { Credits(text) ?? Credits(microcredits: -7) }
