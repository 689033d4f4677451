// The measured work: cycles of authorize and capture, each with its own hold.

import NIOCore
import TollgateValues
import TollgateWire

struct CyclePlan: Sendable {
  var accounts: UInt64
  var inFlight: Int
}

final class CycleHandler: WorkHandler {
  private let plan: CyclePlan
  private let tally: Tally
  private var random: UInt64
  /// What is in flight: call ids ascend, so the place of a call is its id beyond the oldest one's.
  private var calls: [Pending] = []
  private var first: UInt64 = 1
  private var live = 0

  private struct Pending {
    var sent: UInt64
    /// The hold to capture next; zero of a capture.
    var hold: HoldID
    var isAnswered = false
  }

  init(plan: CyclePlan, tally: Tally, seed: UInt64) {
    self.plan = plan
    self.tally = tally
    random = seed &* 0x9E37_79B9_7F4A_7C15
  }

  override func begin() { for _ in 0..<plan.inFlight { authorize() } }

  private func authorize() {
    random ^= random << 13
    random ^= random >> 7
    random ^= random << 17
    let id = ids.next()
    let job = Job(width: 512, height: 512, count: 1, quality: .draft)
    pend(id.hold, call(.authorize, id, AuthorizeRequest(account: accountID(random % plan.accounts), job: job)))
  }

  private func capture(_ hold: HoldID) {
    pend(.zero, call(.capture, ids.next(), CaptureRequest(hold: hold, takeKind: TakeKind.all, closes: true)))
  }

  private func pend(_ hold: HoldID, _ call: UInt64) {
    if calls.isEmpty { first = call }
    calls.append(Pending(sent: NIODeadline.now().uptimeNanoseconds, hold: hold))
  }

  override func answered(_ call: UInt64, _ head: ResponseHead, _ buffer: ByteBuffer, _ place: MessagePlace) {
    let index = Int(call - first)
    let pending = calls[index]
    calls[index].isAnswered = true
    tally.record(NIODeadline.now().uptimeNanoseconds - pending.sent, head.status)
    if !pending.hold.isZero, head.status == .ok { capture(pending.hold) } else { authorize() }
    compact()
  }

  private func compact() {
    guard calls.count > 4 * plan.inFlight else { return }
    var gone = 0
    while gone < calls.count, calls[gone].isAnswered { gone += 1 }
    calls.removeFirst(gone)
    first += UInt64(gone)
  }
}
