// From the batch's decisions to bytes: the short replies of the hot path in one go, all others one by one.

internal import NIOCore
internal import TollgateLedger
internal import TollgateService
internal import TollgateValues
internal import TollgateWire

extension CallIntake {
  /// Sends the batch through the gate, and encodes what came of it; returns the commit to wait for, 0 if none. After a
  /// failed append nothing is answered any more: the process is about to end.
  mutating func decide(in server: ServerContext, for sink: any ReplySink, later: inout Set<UInt64>) -> CommitNumber? {
    guard server.gate.submitHere(&batch, for: sink) else { return nil }
    answer(in: server, later: &later)
    let commit = batch.commit
    clear()
    return commit
  }

  /// Writes an answer for every slot of the decided batch. Queries that are answered later are added to `later`.
  private mutating func answer(in server: ServerContext, later: inout Set<UInt64>) {
    var index = 0
    while index < slots.count {
      index = writeFrequent(from: index)
      guard index < slots.count else { break }
      write(slots[index], server.answerContext, &later)
      index += 1
    }
  }

  /// Empties the batch, keeping its memory.
  private mutating func clear() {
    slots.removeAll(keepingCapacity: true)
    batch.removeAll()
  }

  /// Writes answers as long as they are of the frequent kinds; returns the first slot that is not.
  private mutating func writeFrequent(from start: Int) -> Int {
    guard start < slots.count, slots[start].kind == .command, batch.dropped.isEmpty else { return start }
    var index = start
    outbound.writeResponses(atMost: slots.count - start) { pen in
      while index < slots.count, slots[index].kind == .command {
        let slot = slots[index]
        guard CallIntake.put(batch.decisions[slot.first], batch.commands[slot.first].request, slot.call, &pen) else {
          break
        }
        index += 1
      }
    }
    connection.answered(index - start)
    return index
  }

  /// False if the decision is not of a frequent kind; then nothing was written.
  @inline(__always)
  private static func put(
    _ decision: Decision, _ request: RequestID, _ call: UInt64, _ pen: inout ResponsePen
  ) -> Bool {
    let head = ResponseHead(decision.standing)
    switch decision.outcome {
    case .authorized(let amount, let expires, let book):
      pen.put(head, AuthorizeReply(hold: request.hold, amount: amount, expires: expires, book: book), call: call)
    case .captured(let amount, let left, let closed):
      pen.put(head, CaptureReply(captured: amount, left: left, closed: closed), call: call)
    case .voided(let amount): pen.put(head, VoidReply(released: amount), call: call)
    case .extended(let expires): pen.put(head, ExtendReply(expires: expires), call: call)
    case .charged(let amount, let book): pen.put(head, ChargeReply(amount: amount, book: book), call: call)
    default: return false
    }
    return true
  }

  private mutating func write(_ slot: CallSlot, _ context: AnswerContext, _ later: inout Set<UInt64>) {
    switch slot.kind {
    case .command:
      if batch.dropped.contains(slot.first) {
        replies.refuse(.deadlineExceeded, call: slot.call, to: &outbound)
      } else {
        let remedy = batch.remedies[slot.first] ?? .none
        replies.write(
          batch.decisions[slot.first], request: batch.commands[slot.first].request, remedy: remedy, call: slot.call,
          to: &outbound)
      }
    case .query:
      if case .later = batch.answers[slot.first] {
        later.insert(slot.call)
        return
      }
      if case .quoteBatch(let quotes) = batch.answers[slot.first] {
        replies.send(ResponseHead(outcome: .done), QuoteBatchReply(quotes, of: batch), slot.call, &outbound)
      } else {
        replies.write(batch.answers[slot.first], call: slot.call, context: context, to: &outbound)
      }
    case .authorizeBatch:
      let batch = batch
      replies.send(slot.count, slot.call, &outbound) { AuthorizeResult(of: batch, at: slot.first + $0) }
    case .captureBatch:
      let batch = batch
      replies.send(slot.count, slot.call, &outbound) { CaptureResult(of: batch, at: slot.first + $0) }
    }
    connection.answered()
  }
}

extension AuthorizeResult {
  @inline(__always)
  fileprivate init(of batch: CallBatch, at place: Int) {
    guard batch.dropped.isEmpty || !batch.dropped.contains(place) else {
      self.init(late: batch.commands[place].request)
      return
    }
    let remedy = batch.remedies.isEmpty ? Remedy.none : batch.remedies[place] ?? .none
    self.init(batch.decisions[place], request: batch.commands[place].request, remedy: remedy)
  }
}

extension CaptureResult {
  @inline(__always)
  fileprivate init(of batch: CallBatch, at place: Int) {
    guard batch.dropped.isEmpty || !batch.dropped.contains(place) else {
      self = .late
      return
    }
    self.init(batch.decisions[place])
  }
}

extension ResponseHead {
  /// What the head says of how a decision came about.
  @inline(__always)
  init(_ standing: Decision.Standing) {
    // Tags are compared by switch: `==` of another module's enum is a call through a witness.
    switch standing {
    case .fresh: self.init(outcome: .done)
    case .replayed: self.init(outcome: .done, flags: .replayed)
    case .refused: self.init(outcome: .notProcessed)
    }
  }
}
