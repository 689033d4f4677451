// Copies of a ledger never see each other's writes, whichever of them is written first, and in whatever order they die.

import Testing
import TollgateLedger
import TollgateValues

@Suite struct OwnershipTests {
  private static let start = Instant(nanoseconds: 1_780_000_000_000_000_000)

  private func open(_ number: UInt64, in ledger: inout Ledger) {
    let note = Note(actor: "test", reason: "test")
    let id = RequestID(at: OwnershipTests.start, randomness: (number, number &* 0x9E37_79B9_7F4A_7C15))
    var log = EntryLog()
    var decisions: [Decision] = []
    let command = Command(
      request: id, operation: .openAccount(OpenAccount(account: AccountID(high: 9, low: number), note: note)))
    ledger.apply([command], at: OwnershipTests.start, into: &log, decisions: &decisions)
    #expect(decisions.first?.outcome == .opened)
  }

  private func ledger() -> Ledger {
    var ledger = Ledger(configuration: .genesis, hashKey: (1, 2))
    for number in 1...100 as ClosedRange<UInt64> { open(number, in: &ledger) }
    return ledger
  }

  @Test func theCopyIsWrittenFirst() {
    var original = ledger()
    var copy = original
    open(200, in: &copy)
    let digest = copy.digest
    open(201, in: &original)
    open(202, in: &original)
    #expect(copy.digest == digest)
    #expect(copy.account(AccountID(high: 9, low: 201)) == nil)
    #expect(original.account(AccountID(high: 9, low: 200)) == nil)
    #expect(original.audit().isEmpty && copy.audit().isEmpty)
  }

  @Test func theOriginalIsWrittenFirst() {
    var original = ledger()
    var copy = original
    let digest = copy.digest
    open(200, in: &original)
    #expect(copy.digest == digest)
    open(201, in: &copy)
    #expect(original.account(AccountID(high: 9, low: 201)) == nil)
    #expect(original.audit().isEmpty && copy.audit().isEmpty)
  }

  @Test func copiesOfCopiesAreApart() {
    var original = ledger()
    var copies = [original, original, original]
    for (index, number) in [300, 301, 302].enumerated() { open(UInt64(number), in: &copies[index]) }
    open(303, in: &original)
    let digests = Set((copies + [original]).map { "\($0.digest)" })
    #expect(digests.count == 4)
    for ledger in copies + [original] { #expect(ledger.audit().isEmpty) }
  }

  @Test func aCopyThatIsGoneCostsNothing() {
    var original = ledger()
    do {
      let copy = original
      #expect(copy.account(AccountID(high: 9, low: 1)) != nil)
    }
    open(400, in: &original)
    #expect(original.audit().isEmpty)
  }
}
