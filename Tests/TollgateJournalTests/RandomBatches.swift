// Random batches of every operation, with edges among the values, as a ledger could have decided them.

import TollgateJournal
import TollgateLedger
import TollgateTestSupport
import TollgateValues

/// One `apply` as the record builder takes it.
struct Batch: Hashable {
  var instant: Instant
  var commands: [Command] = []
  var decisions: [Decision] = []
  var log = EntryLog()
}

extension SeededGenerator {
  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  mutating func id<ID: Identifier>() -> ID {
    switch below(8) {
    case 0: .zero
    case 1: ID(high: .max, low: .max)
    case 2...4: ID(high: 7, low: UInt64(below(4)))
    default: ID(high: next(), low: next())
    }
  }

  mutating func int64() -> Int64 {
    switch below(6) {
    case 0: 0
    case 1: .max
    case 2: .min
    case 3: Int64(below(1_000_000))
    default: Int64(bitPattern: next())
    }
  }

  mutating func credits() -> Credits { Credits(microcredits: int64()) }
  mutating func instant() -> Instant { Instant(nanoseconds: int64()) }

  mutating func text() -> String {
    switch below(5) {
    case 0: ""
    case 1: String(repeating: "é", count: below(512))
    default: String(decoding: (0..<below(30)).map { _ in UInt8(32 + below(95)) }, as: UTF8.self)
    }
  }

  mutating func note() -> Note { Note(actor: text(), reason: text()) }

  mutating func job() -> Job {
    if chance(20) { return Job(width: 0, height: 0, count: 0, quality: Job.Quality(rawValue: 0)) }
    return Job(
      width: UInt16(truncatingIfNeeded: next()), height: UInt16(below(4_096)), steps: UInt16(below(3)),
      count: UInt16(below(9)), model: UInt16(below(4)), quality: Job.Quality(rawValue: UInt8(below(256))),
      controlNets: UInt8(below(4)), features: Job.Features(rawValue: UInt32(truncatingIfNeeded: next())))
  }

  mutating func price() -> PricedAmount {
    chance(20)
      ? .refused(PriceRefusalCode(rawValue: UInt8(below(256)))) : .amount(credits(), book: UInt32(below(3)))
  }

  mutating func spend() -> Spend {
    Spend(
      account: id(), job: job(), quote: chance(50) ? .zero : id(), project: id(), member: id(),
      rawAmount: chance(60) ? .zero : credits(), price: price())
  }

  mutating func take() -> Take {
    switch below(3) {
    case 0: .all
    case 1: .amount(credits())
    default: .images(UInt16(below(65_536)))
    }
  }

  /// An operation of the kind `kind` of 0..<13.
  mutating func operation(_ kind: Int) -> TollgateLedger.Operation {
    switch kind {
    case 0: .openAccount(OpenAccount(account: id(), note: note()))
    case 1:
      .setAccountState(
        SetAccountState(account: id(), state: AccountState(rawValue: UInt8(below(3))) ?? .active, note: note()))
    case 2:
      .grant(
        Grant(
          account: id(), source: LotSource(rawValue: UInt8(below(7))) ?? .plan, amount: credits(),
          effective: instant(), expires: instant(), priority: UInt8(below(256)), pricePaid: int64(), note: note()))
    case 3: .authorize(Authorize(spend: spend(), lifetime: TimeSpan(nanoseconds: int64())))
    case 4: .capture(Capture(hold: id(), take: take(), closes: chance(50), allowsExcess: chance(50)))
    case 5: .void(VoidHold(hold: id()))
    case 6: .extend(Extend(hold: id(), lifetime: TimeSpan(nanoseconds: int64())))
    case 7: .increase(Increase(hold: id(), job: job(), rawAmount: credits(), price: price()))
    case 8: .charge(Charge(spend: spend()))
    case 9: .captureLate(CaptureLate(hold: id(), take: take()))
    case 10:
      .refund(
        Refund(
          account: id(), entry: EntryNumber(rawValue: next()), amount: chance(50) ? nil : credits(),
          consumed: (0..<below(5)).map { _ in LotAmount(lot: id(), amount: credits()) }, note: note()))
    case 11:
      .configure(
        LedgerConfiguration(
          dedupWindow: .minutes(Int64(below(3_000))), futureSkew: .seconds(Int64(below(5_000))),
          openHoldsPerAccountMax: UInt32(truncatingIfNeeded: next()), rememberedMax: below(1 << 40),
          lateCaptureWindow: .hours(Int64(below(60)))))
    default: .expire(limit: UInt32(truncatingIfNeeded: next()))
    }
  }

  mutating func outcome() -> Outcome {
    switch below(6) {
    case 0: .opened
    case 1: .authorized(credits(), expires: instant(), book: UInt32(below(4)))
    case 2: .captured(credits(), left: credits(), closed: chance(50))
    case 3: .denied(.insufficientCredits(shortfall: credits(), available: credits(), book: 1))
    case 4: .denied(.holdExpired(at: instant()))
    default: .expired(count: UInt32(below(9)), more: chance(50))
    }
  }

  /// A batch whose entries begin at `first`; some commands are replays, which must not be written.
  mutating func batch(at instant: Instant, first: EntryNumber, commands count: Int, onlyFresh: Bool = false) -> Batch {
    var batch = Batch(instant: instant)
    for index in 0..<count {
      batch.commands.append(Command(request: id(), operation: operation(below(13))))
      let isFresh = onlyFresh || chance(80)
      batch.decisions.append(
        Decision(outcome: outcome(), standing: isFresh ? .fresh : chance(50) ? .replayed : .refused))
      guard isFresh else { continue }
      let entries = chance(3) ? below(400) : below(4)
      for _ in 0..<entries { addEntry(to: &batch, of: index, first: first) }
    }
    return batch
  }

  private mutating func addEntry(to batch: inout Batch, of index: Int, first: EntryNumber) {
    let start = batch.log.postings.count
    var sum: Int64 = 0
    for _ in 0..<(chance(3) ? below(30) : below(5)) {
      let posting = Posting(
        lot: id(), from: Bucket(rawValue: UInt8(below(7))) ?? .held, to: Bucket(rawValue: UInt8(below(7))) ?? .held,
        amount: credits())
      sum &+= posting.amount.microcredits
      batch.log.postings.append(posting)
    }
    let number = first.rawValue + UInt64(batch.log.entries.count)
    let command = batch.commands[index]
    batch.log.entries.append(
      Entry(
        number: EntryNumber(rawValue: number),
        previous: EntryNumber(rawValue: chance(30) ? number - 1 : UInt64.random(in: 0..<number, using: &self)),
        account: id(), kind: EntryKind(rawValue: UInt8(1 + below(17))) ?? .held,
        hold: chance(50) ? command.request.hold : id(),
        amount: chance(80) ? Credits(microcredits: sum) : credits(), available: credits(), held: credits(),
        command: UInt32(index), postingStart: UInt32(start), postingCount: UInt32(batch.log.postings.count - start)))
  }
}

/// What decoding must give back: fresh commands only, in one log.
struct ExpectedRecord: Hashable {
  var steps: [DecodedRecord.Step] = []
  var commands: [Command] = []
  var log = EntryLog()
  var digest = OutcomeDigest()

  mutating func add(_ batch: Batch) {
    guard batch.decisions.contains(where: { $0.standing == .fresh }) else { return }
    let (commandStart, entryStart) = (commands.count, log.entries.count)
    let postingStart = UInt32(log.postings.count)
    var indices: [UInt32: UInt32] = [:]
    for (index, decision) in batch.decisions.enumerated() where decision.standing == .fresh {
      indices[UInt32(index)] = UInt32(commands.count)
      commands.append(batch.commands[index])
      digest.fold(decision.outcome)
    }
    for var entry in batch.log.entries {
      entry.command = indices[entry.command] ?? .max
      entry.postingStart += postingStart
      log.entries.append(entry)
    }
    log.postings += batch.log.postings
    steps.append(
      DecodedRecord.Step(
        instant: batch.instant, commands: commandStart..<commands.count, entries: entryStart..<log.entries.count))
  }
}
