// Connections that break, by accident or on purpose: they come back, and what was unanswered is asked again under its id.

internal import NIOCore
internal import TollgateWire

extension LoadDriver {
  func reconnect(_ index: Int, backoffMilliseconds: Int64, _ error: LoadFailure) {
    let now = MonotonicClock.now
    if now &- lostSince[index] > UInt64(plan.patienceSeconds * 1e9) {
      let patience = short(plan.patienceSeconds)
      failure = failure ?? .away("a connection could not be made again for \(patience) s: \(error)")
      return
    }
    let next = min(max(2 * backoffMilliseconds, 20), 1_000)
    shard.loop.assumeIsolated().scheduleTask(in: .milliseconds(backoffMilliseconds)) { [self] in
      guard shard.driver === self else { return }
      shard.connect(index).assumeIsolated().whenFailure { error in
        self.reconnect(index, backoffMilliseconds: next, error as? LoadFailure ?? .broken("\(error)"))
      }
    }
  }

  /// Throws the dice after an answer.
  @inline(__always)
  func injectFaults(
    _ record: CallRecord, _ head: ResponseHead, _ bytes: RawSpan, _ place: MessagePlace, on connection: WireConnection
  ) {
    if plan.faults.isQuiet || isStopping { return }
    disturb(record, head, bytes, place, on: connection)
  }

  private func disturb(
    _ record: CallRecord, _ head: ResponseHead, _ bytes: RawSpan, _ place: MessagePlace, on connection: WireConnection
  ) {
    let isSingle = record.kind.mutates && record.item < 0 && head.outcome == .done
    if isSingle, plan.faults.duplicateRate > 0, random.unit() < plan.faults.duplicateRate, connection.hasRoom {
      var again = record
      again.expected = Answers.digest(head, bytes, place)
      again.attempt &+= again.attempt == .max ? 0 : 1
      send(again, on: connection)
    }
    if plan.faults.dropRate > 0, random.unit() < plan.faults.dropRate { drop(connection) }
  }

  private func drop(_ connection: WireConnection) {
    meter.drops += 1
    connection.drop()
  }

  func scheduleDrop() {
    let wait = TimeAmount.nanoseconds(Int64(plan.faults.dropEverySeconds * 1e9))
    shard.loop.assumeIsolated().scheduleTask(in: wait) { [self] in
      guard shard.driver === self, !isStopping else { return }
      let ready = shard.connections.filter(\.isReady)
      if !ready.isEmpty { drop(ready[Int(random.below(UInt64(ready.count)))]) }
      scheduleDrop()
    }
  }

  /// The second answer under an id must be the first one again.
  func compareDuplicate(
    _ record: CallRecord, _ head: ResponseHead, _ bytes: RawSpan, _ place: MessagePlace
  ) {
    // A refusal that was not remembered, as while draining, says nothing about the first answer.
    guard head.outcome == .done else { return }
    meter.duplicates += 1
    let digest = Answers.digest(head, bytes, place)
    if digest != record.expected {
      book.deny(record.account, "the repeated answer to \(record.kind.name) \(record.request)")
    }
    if !head.flags.contains(.replayed) {
      book.deny(record.account, "the replay flag of \(record.kind.name) \(record.request)")
    }
  }
}

/// Answers in short.
enum Answers {
  /// A digest of what must be the same in every answer under an id: status, detail and message; never 0.
  static func digest(_ head: ResponseHead, _ bytes: RawSpan, _ place: MessagePlace) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    add(UInt8(truncatingIfNeeded: head.status.rawValue))
    add(UInt8(truncatingIfNeeded: head.detail.rawValue))
    for offset in place.start..<place.start + place.bytes {
      add(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
    }
    return hash | 1
  }
}
