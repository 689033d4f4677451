// Accounts before a run: looked at, opened where they are missing, and funded where they run low.

internal import TollgateValues
internal import TollgateWire

/// What an account has at one instant, in micro-credits.
struct Standing: BitwiseCopyable, Sendable {
  var available: Int64 = 0
  var held: Int64 = 0
  /// The server's instant of this, in nanoseconds.
  var asOf: Int64 = 0
}

extension Standing {
  init(_ reply: BalanceReply) {
    self.init(
      available: reply.available.microcredits, held: reply.held.microcredits, asOf: reply.asOf.nanoseconds)
  }
}

/// What accounts get, and whether missing ones may be opened.
struct Funding: Sendable {
  /// An account with less is granted more.
  var atLeast: Int64
  var grant: Int64
  /// Whether accounts must exist.
  var isPrepared: Bool

  /// - Parameter credits: Whole credits for each account; nil: as many as let the sum of all stay a sensible number, from a
  ///   thousand to a billion.
  init(accounts: Int, credits: Int?, isPrepared: Bool) {
    let usual = min(max(1_000_000_000_000_000_000 / Int64(max(1, accounts)), 1_000_000_000), 1_000_000_000_000_000)
    grant = credits.map { Int64($0) * Credits.microcreditsPerCredit } ?? usual
    atLeast = credits == nil ? grant / 2 : grant
    self.isPrepared = isPrepared
  }
}

/// Looks at the accounts as `BalanceDriver` does, and opens and funds them as far as that shows a need.
final class PreparationDriver: BalanceDriver {
  private enum Step { static let look: UInt64 = 0, open: UInt64 = 1, grant: UInt64 = 2 }

  private let funding: Funding
  private(set) var opened = 0
  private(set) var granted = 0

  init(shard: Shard, plan: LoadPlan, funding: Funding, range: Range<UInt32>) {
    self.funding = funding
    super.init(shard: shard, plan: plan, range: range)
  }

  private func call(_ account: UInt32, _ step: UInt64) -> CallRecord {
    var record = CallRecord()
    record.account = account
    record.expected = step
    record.request = shard.ids.next(at: shard.now)
    return record
  }

  override func write(_ record: CallRecord, on connection: WireConnection) {
    let account = plan.account(record.account)
    switch record.expected {
    case Step.open:
      connection.send(record, .openAccount) {
        try $0.writeRequest($1, OpenAccountRequest(account: account, reason: "load test"), call: $2)
      }
    case Step.grant:
      let amount = Credits(microcredits: funding.grant)
      connection.send(record, .grant) {
        try $0.writeRequest(
          $1, GrantRequest(account: account, source: 5, amount: amount, reason: "load test"), call: $2)
      }
    default: super.write(record, on: connection)
    }
  }

  override func took(
    _ record: CallRecord, _ head: ResponseHead, _ bytes: RawSpan, _ place: MessagePlace
  ) throws -> CallRecord? {
    switch record.expected {
    case Step.open:
      guard head.status == .ok || head.detail == .accountExists else {
        throw refusal("opening an account", head, bytes, place)
      }
      opened += 1
      return call(record.account, Step.grant)
    case Step.grant:
      guard head.status == .ok else { throw refusal("granting credits", head, bytes, place) }
      let reply = try place.message(GrantReply.self, in: bytes)
      standings[index(of: record)].available &+= reply.amount.microcredits
      granted += 1
      done += 1
      return nil
    default: return try looked(record, head, bytes, place)
    }
  }

  private func looked(
    _ record: CallRecord, _ head: ResponseHead, _ bytes: RawSpan, _ place: MessagePlace
  ) throws -> CallRecord? {
    if head.detail == .accountUnknown {
      guard !funding.isPrepared else {
        throw LoadFailure.failed(
          "account \(record.account) (\(plan.account(record.account))) does not exist; "
            + "leave --prepared out, or use the --seed and at most the --accounts of the run that made them")
      }
      return call(record.account, Step.open)
    }
    let reply = try balance(of: record, head, bytes, place)
    guard reply.state == 0 else {
      throw LoadFailure.failed(
        "account \(record.account) (\(reply.account)) is \(reply.state == 1 ? "frozen" : "closed"), as a run with "
          + "--clean-up leaves it; choose another --seed")
    }
    if !funding.isPrepared, reply.available.microcredits < funding.atLeast { return call(record.account, Step.grant) }
    done += 1
    return nil
  }
}
