// Golden bytes of one record for each operation: a change of the format cannot slip in unnoticed.

import Testing
import TollgateJournal
import TollgateLedger
import TollgateValues

@Suite struct RecordVectorTests {
  @Test(arguments: RecordVector.all)
  func `The bytes of a record stay what they are`(_ vector: RecordVector) throws {
    let bytes = vector.record.bytes
    #expect(hexadecimal(bytes) == vector.bytes, "\(vector.name)")
    let decoded = try DecodedRecord(decoding: bytes)
    #expect(decoded.commands == [vector.command] && decoded.log == vector.log, "\(vector.name)")
  }

  @Test func `Every operation has a vector`() {
    #expect(Set(RecordVector.all.map { $0.command.operation.ordinal }) == Set(0..<13))
  }
}

struct RecordVector: CustomTestStringConvertible, Sendable {
  var name: String
  var operation: TollgateLedger.Operation
  var kind: EntryKind
  var bytes: String

  var testDescription: String { name }
  var command: Command { Command(request: Self.request, operation: operation) }

  static let request = RequestID(high: 0x0196_0000_0000_7001, low: 0x8000_0000_0000_0002)
  static let account = AccountID(high: 0xA0, low: 0xA1)
  static let hold = HoldID(high: 0x40, low: 0x41)
  static let note = Note(actor: "spiffe://tollgate.dev/tollgate/admin/ann", reason: "wünscht es")

  /// Two entries: one of two postings, and one that moves nothing and follows far later.
  var log: EntryLog {
    var log = EntryLog()
    log.postings = [
      Posting(lot: LotID(high: 1, low: 2), from: .available, to: .held, amount: Credits(microcredits: 3_000_000)),
      Posting(lot: LotID(high: 1, low: 3), from: .held, to: .captured, amount: Credits(microcredits: 500_000)),
    ]
    log.entries = [
      Entry(
        number: EntryNumber(rawValue: 101), previous: EntryNumber(rawValue: 77), account: Self.account, kind: kind,
        hold: Self.hold, amount: Credits(microcredits: 3_500_000), available: Credits(microcredits: 12), held: .zero,
        command: 0, postingStart: 0, postingCount: 2),
      Entry(
        number: EntryNumber(rawValue: 102), previous: EntryNumber(rawValue: 101), account: Self.account,
        kind: .extended,
        hold: .zero, amount: .zero, available: Credits(microcredits: 12), held: .zero, command: 0, postingStart: 2,
        postingCount: 0),
    ]
    return log
  }

  var record: EncodedRecord {
    var builder = RecordBuilder(
      after: JournalHead(
        sequence: 41, chain: Checksum(high: 5, low: 6), nextEntry: EntryNumber(rawValue: 101),
        instant: Instant(nanoseconds: 1_800_000_000_000_000_000)))
    builder.append(
      at: Instant(nanoseconds: 1_800_000_000_000_000_001), commands: [command],
      decisions: [Decision(outcome: .granted(Credits(microcredits: 1)), standing: .fresh)], log: log)
    return builder.finish()
  }

  static let spend = Spend(
    account: account,
    job: Job(
      width: 1_024, height: 768, steps: 30, count: 4, model: 2, quality: .high, controlNets: 1, features: .preview),
    quote: QuoteID(high: 0x50, low: 0x51), project: ProjectID(high: 0x60, low: 0x61),
    member: MemberID(high: 0x70, low: 0x71),
    rawAmount: Credits(microcredits: 9), price: .amount(Credits(microcredits: 3_500_000), book: 1))

  static let operations: [(String, TollgateLedger.Operation, EntryKind)] = [
    ("openAccount", .openAccount(OpenAccount(account: account, note: note)), .opened),
    ("setAccountState", .setAccountState(SetAccountState(account: account, state: .frozen, note: note)), .stateSet),
    (
      "grant",
      .grant(
        Grant(
          account: account, source: .promotional, amount: Credits(microcredits: 100),
          effective: Instant(nanoseconds: 5),
          expires: .never, priority: 7, pricePaid: 9_900_000, note: note)), .granted
    ),
    ("authorize", .authorize(Authorize(spend: spend, lifetime: .minutes(15))), .held),
    (
      "authorize refused by its price",
      .authorize(
        Authorize(
          spend: Spend(account: account, job: Job(width: 1, height: 1), price: .refused(PriceRefusalCode(rawValue: 3))),
          lifetime: .zero)), .held
    ),
    ("capture", .capture(Capture(hold: hold, take: .amount(Credits(microcredits: 8)), closes: true)), .captured),
    (
      "capture of images", .capture(Capture(hold: hold, take: .images(3), closes: false, allowsExcess: true)), .captured
    ),
    ("void", .void(VoidHold(hold: hold)), .released),
    ("extend", .extend(Extend(hold: hold, lifetime: .seconds(30))), .extended),
    (
      "increase",
      .increase(
        Increase(
          hold: hold, job: Job(width: 64, height: 64), rawAmount: .zero,
          price: .amount(Credits(microcredits: 2), book: 1))),
      .increased
    ),
    ("charge", .charge(Charge(spend: spend)), .charged),
    ("captureLate", .captureLate(CaptureLate(hold: hold, take: .all)), .capturedLate),
    (
      "refund",
      .refund(
        Refund(
          account: account, entry: EntryNumber(rawValue: 55), amount: Credits(microcredits: 4),
          consumed: [LotAmount(lot: LotID(high: 1, low: 2), amount: Credits(microcredits: 6))], note: note)), .refunded
    ),
    ("expire", .expire(limit: 1_000), .holdExpired),
    ("configure", .configure(.genesis), .stateSet),
  ]

  static var all: [RecordVector] {
    operations.map { name, operation, kind in
      RecordVector(name: name, operation: operation, kind: kind, bytes: goldenBytes[name] ?? "")
    }
  }
}

extension TollgateLedger.Operation {
  var ordinal: Int {
    switch self {
    case .openAccount: 0
    case .setAccountState: 1
    case .grant: 2
    case .authorize: 3
    case .capture: 4
    case .void: 5
    case .extend: 6
    case .increase: 7
    case .charge: 8
    case .captureLate: 9
    case .refund: 10
    case .expire: 11
    case .configure: 12
    }
  }
}

func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
