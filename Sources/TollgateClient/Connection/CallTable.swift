// The calls of one connection: slots found by the low bits of the call id, and a wheel of deadlines woven through them.

internal import NIOCore

/// Hands out call ids that ascend and are never reused: a sequence number above, the slot's index below. Finding a call
/// is one index and one comparison; entering and leaving the wheel is a change of links.
struct CallTable {
  /// Bits of a call id that name the slot; calls in flight are at most `Limits.callsInFlightMax`, which is 2^14.
  static let slotBits: UInt64 = 14
  /// A deadline fires within one tick after it has passed.
  static let tick = TimeAmount.milliseconds(8)
  private static let bucketCount = 1_024

  private struct Slot {
    /// The whole call id; 0 of a free slot.
    var call: UInt64 = 0
    /// Nil once nobody waits any more: the slot then only waits for the call's RESPONSE.
    var sink: (any ReplySink)?
    var index = 0
    var deadlineTick: Int64 = 0
    var previous: Int32 = -1
    var next: Int32 = -1
    var isInWheel = false
    var isSent = false
  }

  /// A call that has ended or must be told something.
  struct Member {
    var call: UInt64
    var sink: any ReplySink
    var index: Int
    /// Whether the gate may have heard of it.
    var isSent: Bool
  }

  private var slots: ContiguousArray<Slot> = []
  private var free: ContiguousArray<Int32> = []
  private var buckets = ContiguousArray<Int32>(repeating: -1, count: CallTable.bucketCount)
  private var sequence: UInt64 = 0
  /// The last tick whose bucket was visited.
  private var visitedTick: Int64
  private var timedCount = 0

  /// Calls that wait for a RESPONSE, abandoned ones included.
  private(set) var count = 0

  init(now: NIODeadline) { visitedTick = CallTable.tick(of: now) }

  /// Whether a timer is needed.
  var hasDeadlines: Bool { timedCount > 0 }

  /// Enters a call; returns its id. A deadline in the distant future is none.
  mutating func insert(_ sink: any ReplySink, index: Int, deadline: NIODeadline) -> UInt64 {
    let slot: Int
    if let reused = free.popLast() {
      slot = Int(reused)
    } else {
      slot = slots.count
      precondition(slot < 1 << CallTable.slotBits, "more calls in flight than a call id can name")
      slots.append(Slot())
    }
    sequence += 1
    let call = sequence << CallTable.slotBits | UInt64(slot)
    slots[slot].call = call
    slots[slot].sink = sink
    slots[slot].index = index
    slots[slot].isSent = false
    if deadline < .distantFuture {
      slots[slot].deadlineTick = max(CallTable.tick(of: deadline) + 1, visitedTick + 1)
      link(slot)
    }
    count += 1
    return call
  }

  /// Who waits for a call; nil if nobody does, or there is no such call.
  func waiter(of call: UInt64) -> Member? {
    guard let slot = slot(of: call), let sink = slots[slot].sink else { return nil }
    return Member(call: call, sink: sink, index: slots[slot].index, isSent: slots[slot].isSent)
  }

  /// Whether the call was sent and its RESPONSE is still to come.
  func isSent(_ call: UInt64) -> Bool { slot(of: call).map { slots[$0].isSent } ?? false }

  /// The call's frame goes out.
  mutating func markSent(_ call: UInt64) {
    if let slot = slot(of: call) { slots[slot].isSent = true }
  }

  /// The call's RESPONSE has come, or will never come. Returns who waits; nil if nobody does any more.
  /// `isKnown` is false if there is no such call.
  mutating func remove(_ call: UInt64) -> (isKnown: Bool, member: Member?) {
    guard let slot = slot(of: call) else { return (false, nil) }
    let member = waiter(of: call)
    unlink(slot)
    slots[slot].call = 0
    slots[slot].sink = nil
    free.append(Int32(slot))
    count -= 1
    return (true, member)
  }

  /// Nobody waits for this call any more, but its RESPONSE is still to come.
  mutating func abandon(_ call: UInt64) -> Member? {
    guard let member = waiter(of: call), let slot = slot(of: call) else { return nil }
    unlink(slot)
    slots[slot].sink = nil
    return member
  }

  /// Abandons every call whose deadline has passed at `now`.
  mutating func expire(at now: NIODeadline) -> [Member] {
    let target = CallTable.tick(of: now)
    guard target > visitedTick else { return [] }
    var expired: [Member] = []
    // After a long sleep every bucket is visited once, not once for every tick slept through.
    let first = max(visitedTick + 1, target - Int64(CallTable.bucketCount) + 1)
    visitedTick = target
    guard timedCount > 0 else { return [] }
    for tick in first...target {
      var slot = Int(buckets[CallTable.bucket(of: tick)])
      while slot >= 0 {
        let next = Int(slots[slot].next)
        if slots[slot].deadlineTick <= target, let member = abandon(slots[slot].call) { expired.append(member) }
        slot = next
      }
    }
    return expired
  }

  /// Removes every call above `last`.
  mutating func removeAll(above last: UInt64) -> [Member] {
    var removed: [Member] = []
    for slot in slots.indices where slots[slot].call > last {
      if let member = remove(slots[slot].call).member { removed.append(member) }
    }
    return removed.sorted { $0.call < $1.call }
  }

  @inline(__always)
  private func slot(of call: UInt64) -> Int? {
    let slot = Int(call & (1 << CallTable.slotBits - 1))
    return call != 0 && slot < slots.count && slots[slot].call == call ? slot : nil
  }

  private static func tick(of time: NIODeadline) -> Int64 {
    Int64(clamping: time.uptimeNanoseconds) / CallTable.tick.nanoseconds
  }

  private static func bucket(of tick: Int64) -> Int { Int(tick & Int64(bucketCount - 1)) }

  private mutating func link(_ slot: Int) {
    let bucket = CallTable.bucket(of: slots[slot].deadlineTick)
    let head = buckets[bucket]
    slots[slot].previous = -1
    slots[slot].next = head
    slots[slot].isInWheel = true
    if head >= 0 { slots[Int(head)].previous = Int32(slot) }
    buckets[bucket] = Int32(slot)
    timedCount += 1
  }

  private mutating func unlink(_ slot: Int) {
    guard slots[slot].isInWheel else { return }
    let (previous, next) = (slots[slot].previous, slots[slot].next)
    if previous >= 0 {
      slots[Int(previous)].next = next
    } else {
      buckets[CallTable.bucket(of: slots[slot].deadlineTick)] = next
    }
    if next >= 0 { slots[Int(next)].previous = previous }
    slots[slot].isInWheel = false
    timedCount -= 1
  }
}
