// Random commands over a small world, so that holds, lots and ids meet each other often.

import TollgateLedger
import TollgateTestSupport
import TollgateValues

struct RandomCommands {
  var random: SeededGenerator
  var now = Book.start
  private var number: UInt64 = 0
  private var issued: [Command] = []
  private var holds: [HoldID] = []
  /// Entries that a refund may name.
  private var spent: [(account: AccountID, entry: EntryNumber, consumed: [LotAmount])] = []

  init(_ random: SeededGenerator) { self.random = random }

  mutating func int(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
  private mutating func chance(_ percent: Int64) -> Bool { int(1...100) <= percent }

  /// Mostly small steps, now and then a long silence.
  mutating func step() {
    let milliseconds = chance(2) ? int(0...600_000) : chance(50) ? int(0...3) : int(0...9_000)
    now = now.advanced(by: TimeSpan(nanoseconds: milliseconds * 1_000_000))
  }

  mutating func batch() -> [Command] { (0..<int(1...6)).map { _ in next() } }

  /// Learns which entries can be refunded.
  mutating func learn(_ log: EntryLog) {
    for entry in log.entries {
      switch entry.kind {
      case .captured, .excessCharged, .charged, .capturedLate:
        let range = Int(entry.postingStart)..<Int(entry.postingStart + entry.postingCount)
        let consumed = log.postings[range].map { LotAmount(lot: $0.lot, amount: $0.amount) }
        if !consumed.isEmpty { spent.append((entry.account, entry.number, consumed)) }
      default: break
      }
    }
  }

  private mutating func next() -> Command {
    if chance(5) { return Command(request: .zero, operation: .expire(limit: UInt32(int(0...4)))) }
    if chance(8), let old = issued.suffix(30).randomElement(using: &random) {
      return chance(70) ? old : Command(request: old.request, operation: operation())
    }
    number += 1
    let skew = TimeSpan(nanoseconds: chance(90) ? -int(0...2_000_000_000) : int(-400_000_000_000...200_000_000_000))
    let request = RequestID(at: now.advanced(by: skew), randomness: (0, number << 10))
    let command = Command(request: request, operation: operation())
    issued.append(command)
    switch command.operation {
    case .authorize, .charge: holds.append(request.hold)
    default: break
    }
    return command
  }

  private mutating func account() -> AccountID { AccountID(high: 0xACC0, low: UInt64(int(1...(chance(5) ? 9 : 3)))) }

  private mutating func hold() -> HoldID {
    (chance(90) ? holds.suffix(8).randomElement(using: &random) : holds.randomElement(using: &random))
      ?? HoldID(high: 1, low: 1)
  }

  private mutating func price(_ max: Int64) -> PricedAmount {
    chance(2)
      ? .refused(PriceRefusalCode(rawValue: UInt8(int(0...9))))
      : .amount(Credits(microcredits: int(0...max)), book: UInt32(int(1...3)))
  }

  private mutating func job() -> Job { Job(width: 64, height: 64, count: UInt16(int(0...5))) }

  private mutating func spend() -> Spend { Spend(account: account(), job: job(), price: price(60)) }

  private mutating func lifetime() -> TimeSpan {
    chance(3) ? .seconds(int(-1...100_000)) : chance(10) ? .seconds(0) : .seconds(int(1...40))
  }

  private mutating func take() -> Take {
    chance(25) ? .all : chance(50) ? .images(UInt16(int(0...4))) : .amount(Credits(microcredits: int(0...40)))
  }

  private mutating func grant() -> Grant {
    let source = LotSource(rawValue: UInt8(int(0...(chance(10) ? 6 : 5)))) ?? .plan
    let effective = source == .overdraft || chance(60) ? Instant.epoch : now.advanced(by: .seconds(int(-5...30)))
    let expires = source == .overdraft || chance(30) ? Instant.never : now.advanced(by: .seconds(int(31...120)))
    let isOver = source != .overdraft && effective == .epoch && chance(3)
    return Grant(
      account: account(), source: source, amount: Credits(microcredits: int(1...80)), effective: effective,
      expires: isOver ? now : expires, priority: UInt8(chance(80) ? 100 : int(99...101)),
      note: Note(actor: "a", reason: "r"))
  }

  private mutating func operation() -> Operation {
    let note = Note(actor: "a", reason: "r")
    switch int(1...100) {
    case 1...3: return .openAccount(OpenAccount(account: account(), note: note))
    case 4...6:
      let state = AccountState(rawValue: UInt8(chance(10) ? 2 : int(0...1))) ?? .active
      return .setAccountState(SetAccountState(account: account(), state: chance(60) ? .active : state, note: note))
    case 7...16: return .grant(grant())
    case 17...44: return .authorize(Authorize(spend: spend(), lifetime: lifetime()))
    case 45...64:
      return .capture(Capture(hold: hold(), take: take(), closes: chance(30), allowsExcess: chance(30)))
    case 65...71: return .void(VoidHold(hold: hold()))
    case 72...76: return .extend(Extend(hold: hold(), lifetime: lifetime()))
    case 77...82: return .increase(Increase(hold: hold(), job: job(), price: price(30)))
    case 83...87: return .charge(Charge(spend: spend()))
    case 88...93: return .captureLate(CaptureLate(hold: hold(), take: take()))
    default:
      guard let old = spent.suffix(12).randomElement(using: &random) else { return .void(VoidHold(hold: hold())) }
      let amount = chance(40) ? nil : Credits(microcredits: int(1...30))
      return .refund(
        Refund(
          account: chance(95) ? old.account : account(), entry: old.entry, amount: amount, consumed: old.consumed,
          note: note))
    }
  }
}
