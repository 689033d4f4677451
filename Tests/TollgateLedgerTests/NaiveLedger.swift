// An independent and naive ledger: the rules of PRODUCT.md with arrays, dictionaries and sorting, sharing no code with ours.

import TollgateLedger
import TollgateValues

/// A lot of the naive ledger.
final class NaiveLot {
  let id: LotID
  let account: AccountID
  let grant: Grant
  var effective: Instant
  var buckets: [Bucket: Int64] = [:]
  var isPending: Bool
  /// Whether its expiry and its beginning were done.
  var didExpire = false

  init(id: LotID, grant: Grant, effective: Instant, isPending: Bool) {
    self.id = id
    account = grant.account
    self.grant = grant
    self.effective = effective
    self.isPending = isPending
  }

  subscript(bucket: Bucket) -> Int64 {
    get { buckets[bucket] ?? 0 }
    set { buckets[bucket] = newValue }
  }

  /// The burn order as a list of numbers, compared one by one.
  var rank: [UInt64] {
    [
      grant.source == .overdraft ? 1 : 0, UInt64(grant.priority), ordered(grant.expires.nanoseconds),
      grant.source == .promotional || grant.source == .bonus ? 0 : 1, ordered(effective.nanoseconds), id.high, id.low,
    ]
  }

  private func ordered(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) ^ 1 << 63 }
}

/// A hold of the naive ledger; it stays for ever.
final class NaiveHold {
  let id: HoldID
  let account: AccountID
  let book: UInt32
  var expires: Instant
  var pins: [(lot: NaiveLot, amount: Int64)] = []
  var total: Int64
  var left: Int64
  var captured: Int64 = 0
  var imagesLeft: Int
  var end: HoldEnd?

  init(id: HoldID, account: AccountID, book: UInt32, expires: Instant, amount: Int64, images: Int) {
    (self.id, self.account, self.book, self.expires) = (id, account, book, expires)
    (total, left, imagesLeft) = (amount, amount, images)
  }

  var pinned: Int64 { pins.reduce(0) { $0 + $1.amount } }
}

/// An entry with its postings in it.
struct NaiveEntry: Hashable {
  var kind: EntryKind
  var account: AccountID
  var hold: HoldID
  var postings: [Posting]
  var available: Int64
  var held: Int64
}

struct NaiveLedger {
  let configuration: LedgerConfiguration
  var now = Instant.distantPast
  var states: [AccountID: AccountState] = [:]
  var lots: [NaiveLot] = []
  var holds: [HoldID: NaiveHold] = [:]
  var remembered: [RequestID: (operation: Operation, outcome: Outcome)] = [:]
  var floor = Instant.distantPast
  var refunded: [EntryNumber: Int64] = [:]
  /// Which lots repaid an account's overdraft, in order of time.
  var repayments: [AccountID: [(lot: NaiveLot, amount: Int64)]] = [:]
  var forgottenHolds: Set<HoldID> = []
  /// The entries of the command at work.
  var entries: [NaiveEntry] = []

  init(_ configuration: LedgerConfiguration) { self.configuration = configuration }

  // MARK: Sums

  func lots(of account: AccountID) -> [NaiveLot] { lots.filter { $0.account == account } }

  func available(_ account: AccountID) -> Int64 { lots(of: account).reduce(0) { $0 + $1[.available] } }
  func held(_ account: AccountID) -> Int64 { lots(of: account).reduce(0) { $0 + $1[.held] } }
  func pending(_ account: AccountID) -> Int64 { lots(of: account).reduce(0) { $0 + $1[.pending] } }
  func openHolds(_ account: AccountID) -> Int { holds.values.filter { $0.account == account && $0.end == nil }.count }

  // MARK: Entries

  mutating func post(
    _ kind: EntryKind, _ account: AccountID, _ hold: HoldID = .zero, _ moves: [(NaiveLot, Bucket, Bucket, Int64)] = []
  ) {
    var postings: [Posting] = []
    for (lot, from, to, amount) in moves {
      if from != .outside { lot[from] -= amount }
      lot[to] += amount
      postings.append(Posting(lot: lot.id, from: from, to: to, amount: Credits(microcredits: amount)))
    }
    entries.append(
      NaiveEntry(
        kind: kind, account: account, hold: hold, postings: postings, available: available(account), held: held(account)
      ))
  }

  /// Which lots an amount is taken from, in burn order.
  func draw(_ amount: Int64, from account: AccountID) -> [(lot: NaiveLot, amount: Int64)] {
    let live = lots(of: account).filter { $0[.available] > 0 }
      .sorted { $0.rank.lexicographicallyPrecedes($1.rank) }
    var missing = amount
    var parts: [(NaiveLot, Int64)] = []
    for lot in live where missing > 0 {
      let part = min(missing, lot[.available])
      parts.append((lot, part))
      missing -= part
    }
    return parts
  }

  /// Gives back all that a hold pins, as of an instant.
  mutating func release(_ hold: NaiveHold, asOf instant: Instant, always: Bool) {
    let back = hold.pins.reversed().filter { $0.lot.grant.expires > instant }
    let late = hold.pins.reversed().filter { $0.lot.grant.expires <= instant }
    hold.pins = []
    if always || !back.isEmpty {
      post(.released, hold.account, hold.id, back.map { ($0.lot, .held, .available, $0.amount) })
    }
    if !late.isEmpty { post(.lotExpired, hold.account, hold.id, late.map { ($0.lot, .held, .expired, $0.amount) }) }
  }

  // MARK: Time

  private enum Due {
    case hold(NaiveHold)
    case expiry(NaiveLot)
    case effective(NaiveLot)
    case forget(NaiveHold)
  }

  /// All that is due at or before now, the next first.
  private func due() -> [(at: Instant, Due)] {
    var list: [(rank: [UInt64], at: Instant, due: Due)] = []
    func add(_ at: Instant, _ kind: UInt64, _ high: UInt64, _ low: UInt64, _ due: Due) {
      if at <= now { list.append(([UInt64(at.nanoseconds), kind, high, low], at, due)) }
    }
    for hold in holds.values where hold.end == nil { add(hold.expires, 0, hold.id.high, hold.id.low, .hold(hold)) }
    for lot in lots where !lot.didExpire && lot.grant.expires != .never {
      add(lot.grant.expires, 1, lot.id.high, lot.id.low, .expiry(lot))
    }
    for lot in lots where lot.isPending { add(lot.effective, 2, lot.id.high, lot.id.low, .effective(lot)) }
    for hold in holds.values where hold.end == .expired && !forgottenHolds.contains(hold.id) {
      add(hold.expires.advanced(by: configuration.lateCaptureWindow), 3, hold.id.high, hold.id.low, .forget(hold))
    }
    return list.sorted { $0.rank.lexicographicallyPrecedes($1.rank) }.map { ($0.at, $0.due) }
  }

  var isDue: Bool { !due().isEmpty }

  mutating func settle(limit: Int) -> Int {
    var count = 0
    while count < limit, let (at, next) = due().first {
      switch next {
      case .hold(let hold):
        post(.holdExpired, hold.account, hold.id)
        release(hold, asOf: at, always: false)
        hold.end = .expired
      case .expiry(let lot):
        lot.didExpire = true
        if lot[.available] > 0 { post(.lotExpired, lot.account, .zero, [(lot, .available, .expired, lot[.available])]) }
      case .effective(let lot):
        lot.isPending = false
        if lot[.pending] > 0 {
          post(.effective, lot.account, .zero, [(lot, .pending, .available, lot[.pending])])
          repay(from: lot)
        }
      case .forget(let hold): forgottenHolds.insert(hold.id)
      }
      count += 1
    }
    return count
  }

  mutating func repay(from lot: NaiveLot) {
    guard let overdraft = lots(of: lot.account).first(where: { $0.grant.source == .overdraft }), overdraft !== lot
    else { return }
    let amount = min(overdraft[.captured], lot[.available])
    guard amount > 0 else { return }
    post(
      .overdraftRepaid, lot.account, .zero,
      [(lot, .available, .captured, amount), (overdraft, .captured, .available, amount)])
    repayments[lot.account, default: []].append((lot, amount))
  }
}
