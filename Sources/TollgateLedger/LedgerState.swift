// The state that commands change: tables, indices, lists, and the log of the batch at work.

internal import TollgateValues

/// Everything behind `Ledger`. Its methods are grouped by subject in the extensions beside this file.
struct LedgerState: Sendable {
  var configuration: LedgerConfiguration
  let key: HashKey
  var ownership = Ownership()
  var lastInstant = Instant.distantPast
  var lastEntry = EntryNumber.none

  var accounts = PagedArray<AccountRecord>()
  var accountRests = PagedArray<AccountRest>()
  var accountIndex = IndexMap()
  /// Lots stay for ever: a refund may still name them. Their terms have the same slots.
  var lots = PagedArray<LotRecord>()
  var lotTerms = PagedArray<LotTerms>()
  var holds = Slab<HoldRecord>()
  /// At the slots of `holds`.
  var holdTerms = PagedArray<HoldTerms>()
  var holdIndex = IndexMap()
  var openHolds = 0
  /// The pins of holds that have several, and the repayments of overdrafts.
  var pins = Slab<PinRecord>()
  var refunds = PagedArray<RefundRecord>()
  var refundIndex = IndexMap()
  var memory: Memory
  var wheel = DueWheel()
  var events = LotEvents()

  /// Of the batch at work: the instant, the command's position, whether all that is due was done, and the entries.
  var now = Instant.distantPast
  var command: UInt32 = 0
  var isSettled = false
  var pen = EntryPen()

  init(configuration: LedgerConfiguration, key: HashKey) {
    self.configuration = configuration
    self.key = key
    memory = Memory(configuration)
  }

  func accountSlot(_ id: AccountID) -> Slot? { accountSlot(id, hash: key.hash(id.high, id.low)) }

  @inline(__always)
  func accountSlot(_ id: AccountID, hash: UInt32) -> Slot? {
    accountIndex.find(hash) { accounts.peek($0).pointee.id == id }
  }

  func holdSlot(_ id: HoldID) -> Slot? { holdSlot(id, hash: key.hash(id.high, id.low)) }

  @inline(__always)
  func holdSlot(_ id: HoldID, hash: UInt32) -> Slot? {
    holdIndex.find(hash) { holds.peek($0).pointee.id == id }
  }

  /// The account that a step names, to be changed; its guess is right unless another id has the same hash.
  @inline(__always)
  mutating func account(
    _ id: AccountID, _ step: UnsafePointer<Step>
  ) -> (slot: Slot, record: UnsafeMutablePointer<AccountRecord>)? {
    let guess = step.pointee.account
    if guess != .none, case let record = accounts.element(guess), record.pointee.id == id { return (guess, record) }
    guard let slot = accountSlot(id, hash: step.pointee.targetHash) else { return nil }
    return (slot, accounts.element(slot))
  }

  /// The hold that a step names, to be changed; a hold that ended meanwhile has lost its id, and one that was made meanwhile is looked for.
  @inline(__always)
  mutating func hold(
    _ id: HoldID, _ step: UnsafePointer<Step>
  ) -> (slot: Slot, record: UnsafeMutablePointer<HoldRecord>)? {
    let guess = step.pointee.hold
    if guess != .none, case let record = holds.element(guess), record.pointee.id == id { return (guess, record) }
    guard let slot = holdSlot(id, hash: step.pointee.targetHash) else { return nil }
    return (slot, holds.element(slot))
  }

  func refundSlot(_ entry: EntryNumber) -> Slot? {
    refundIndex.find(key.hash(entry.rawValue, 0)) { refunds[$0].entry == entry }
  }

  /// Takes the next entry of an account, whose postings are those since `start`.
  @inline(__always)
  mutating func record(
    _ kind: EntryKind, _ account: UnsafeMutablePointer<AccountRecord>, _ sums: AccountSums, hold: HoldID,
    since start: PostingMark
  ) {
    lastEntry.rawValue &+= 1
    pen.write(kind, lastEntry, account, sums, hold: hold, since: start, command: command)
    account.pointee.lastEntry = lastEntry
  }

  @inline(__always)
  mutating func record(_ kind: EntryKind, account slot: Slot, hold: HoldID = .zero, since start: PostingMark) {
    let account = accounts.element(slot)
    record(kind, account, AccountSums(account), hold: hold, since: start)
  }

  /// An entry without postings.
  @inline(__always)
  mutating func record(_ kind: EntryKind, account slot: Slot, hold: HoldID = .zero) {
    record(kind, account: slot, hold: hold, since: pen.mark)
  }
}
