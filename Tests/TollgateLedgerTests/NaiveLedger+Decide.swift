// What the naive ledger decides: each operation spelled out, in the order of rule 16.

import TollgateLedger
import TollgateValues

extension NaiveLedger {
  private var spanMilliseconds: Int64 { 4_096 }

  private func generationEnd(_ id: RequestID) -> Instant {
    Instant(nanoseconds: (Int64(id.high >> 16) / spanMilliseconds + 1) * spanMilliseconds * 1_000_000)
  }

  /// Decides one command; nil stands for a refusal whose details are compared elsewhere (conflicts).
  mutating func decide(_ command: Command, at instant: Instant) -> Decision? {
    let before = now
    now = max(now, instant)
    entries = []
    if case .expire(let limit) = command.operation {
      forget()
      let count = settle(limit: Int(limit))
      return Decision(outcome: .expired(count: UInt32(count), more: isDue), standing: .fresh)
    }
    let earliest = max(floor, now.advanced(by: TimeSpan(nanoseconds: -configuration.dedupWindow.nanoseconds)))
    let latest = now.advanced(by: configuration.futureSkew)
    guard let time = command.request.embeddedInstant, time >= earliest, time <= latest else {
      now = before
      return Decision(outcome: .denied(.idOutsideWindow(earliest: earliest, latest: latest)), standing: .refused)
    }
    if let known = remembered[command.request] {
      now = before
      guard payload(known.operation) == payload(command.operation) else { return nil }
      return Decision(outcome: known.outcome, standing: .replayed)
    }
    if case .grant(let grant) = command.operation, grant.expires <= now {
      now = before
      return Decision(outcome: .denied(.malformed(.expires)), standing: .refused)
    }
    forget()
    _ = settle(limit: .max)
    let outcome = execute(command)
    remember(command, outcome)
    return Decision(outcome: outcome, standing: .fresh)
  }

  private mutating func forget() {
    let earliest = now.advanced(by: TimeSpan(nanoseconds: -configuration.dedupWindow.nanoseconds))
    remembered = remembered.filter { generationEnd($0.key) > earliest }
  }

  private mutating func remember(_ command: Command, _ outcome: Outcome) {
    while remembered.count >= configuration.rememberedMax, let oldest = remembered.keys.map(generationEnd).min() {
      floor = max(floor, oldest)
      remembered = remembered.filter { generationEnd($0.key) > oldest }
    }
    if generationEnd(command.request) > floor { remembered[command.request] = (command.operation, outcome) }
  }

  /// An operation without what the server computed.
  private func payload(_ operation: Operation) -> Operation {
    let none = PricedAmount.amount(.zero, book: 0)
    switch operation {
    case .authorize(var authorize):
      authorize.spend.price = none
      return .authorize(authorize)
    case .charge(var charge):
      charge.spend.price = none
      return .charge(charge)
    case .increase(var increase):
      increase.price = none
      return .increase(increase)
    case .refund(var refund):
      refund.consumed = []
      return .refund(refund)
    default: return operation
    }
  }

  private mutating func execute(_ command: Command) -> Outcome {
    switch command.operation {
    case .openAccount(let open):
      guard states[open.account] == nil else { return .denied(.accountExists) }
      states[open.account] = .active
      post(.opened, open.account)
      return .opened
    case .setAccountState(let set): return setState(set)
    case .grant(let grant): return self.grant(command.request, grant)
    case .authorize(let authorize): return self.authorize(command.request, authorize)
    case .charge(let charge): return self.charge(command.request, charge)
    case .capture(let capture): return self.capture(capture)
    case .void(let void):
      guard let hold = holds[void.hold], reason(hold.id, spends: false) == nil else {
        return .denied(reason(void.hold, spends: false) ?? .holdUnknown)
      }
      let left = hold.pinned
      release(hold, asOf: now, always: true)
      hold.end = hold.captured == 0 ? .voided : .captured
      return .voided(Credits(microcredits: left))
    case .extend(let extend): return self.extend(extend)
    case .increase(let increase): return self.increase(increase)
    case .captureLate(let late): return captureLate(late)
    case .refund(let refund): return self.refund(refund)
    case .expire: return .expired(count: 0, more: false)
    case .configure: return .configured
    }
  }

  private mutating func setState(_ set: SetAccountState) -> Outcome {
    guard let state = states[set.account] else { return .denied(.accountUnknown) }
    guard state != .closed else { return .denied(.accountClosed) }
    let open = openHolds(set.account)
    guard set.state != .closed || open == 0 else { return .denied(.accountHasOpenHolds(UInt32(open))) }
    states[set.account] = set.state
    post(.stateSet, set.account)
    guard set.state == .closed else { return .stateSet(set.state) }
    for bucket in [Bucket.available, .pending] {
      for lot in lots(of: set.account).sorted(by: { $0.rank.lexicographicallyPrecedes($1.rank) }) where lot[bucket] > 0
      {
        post(.lotVoided, set.account, .zero, [(lot, bucket, .voided, lot[bucket])])
      }
    }
    return .stateSet(set.state)
  }

  private mutating func grant(_ request: RequestID, _ grant: Grant) -> Outcome {
    guard let state = states[grant.account] else { return .denied(.accountUnknown) }
    guard state != .closed else { return .denied(.accountClosed) }
    let amount = grant.amount.microcredits
    if grant.source == .overdraft, let lot = lots(of: grant.account).first(where: { $0.grant.source == .overdraft }) {
      post(.granted, grant.account, .zero, [(lot, .outside, .available, amount)])
      return .granted(grant.amount)
    }
    let isPending = grant.effective > now
    let lot = NaiveLot(
      id: request.lot, grant: grant, effective: grant.effective == .epoch ? now : grant.effective, isPending: isPending)
    lots.append(lot)
    post(.granted, grant.account, .zero, [(lot, .outside, isPending ? .pending : .available, amount)])
    if !isPending { repay(from: lot) }
    return .granted(grant.amount)
  }
}
