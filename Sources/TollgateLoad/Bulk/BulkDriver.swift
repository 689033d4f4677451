// Work in bulk before and after the load: so many calls, in pipelines, as fast as they are answered.

internal import NIOCore
internal import TollgateValues
internal import TollgateWire

/// Sends calls until there are no more. Subclasses say which, and what their answers mean.
class BulkDriver: ConnectionDriver {
  let shard: Shard
  /// Calls in flight on one connection.
  static let window = 1_024
  /// Connections that work; more would not be faster.
  static let connectionsMax = 4
  /// Units of work that are done, for the progress line.
  var done = 0
  private var queued: [CallRecord] = []
  private var inFlight = 0
  private var reconnects = 0
  /// Without any answer for so long, the server counts as away.
  var patienceSeconds = 30.0
  private var answers = 0
  /// Calls that wait for a time that the server named, and the status of the newest answer that named one since any other came.
  private var delayed = 0
  private var putOffStatus: StatusCode?
  private var isExhausted = false
  private let finished: EventLoopPromise<Void>
  private var hasFinished = false

  init(shard: Shard) {
    self.shard = shard
    finished = shard.loop.makePromise(of: Void.self)
  }

  /// The next call; nil when there are no more but those in flight.
  func nextCall() -> CallRecord? { nil }
  /// Queues the call on the connection.
  func write(_ record: CallRecord, on connection: WireConnection) {}
  /// What follows from an answer: at most one more call.
  func took(
    _ record: CallRecord, _ head: ResponseHead, _ bytes: RawSpan, _ place: MessagePlace
  ) throws -> CallRecord? { nil }

  /// Begins; the future succeeds when everything was answered.
  final func run() -> EventLoopFuture<Void> {
    shard.driver = self
    if let failure = shard.brokenOff { stop(failure) }
    for connection in shard.connections.prefix(BulkDriver.connectionsMax) where !connection.isReady {
      reopen(connection.index)
    }
    fill()
    watch(since: answers)
    return finished.futureResult
  }

  final override func brokenOff(_ failure: LoadFailure) { stop(failure) }

  final func stop(_ failure: LoadFailure) {
    guard !hasFinished else { return }
    hasFinished = true
    finished.fail(failure)
  }

  /// Gives up when the next look finds no answer more than this one.
  private func watch(since before: Int) {
    guard !hasFinished else { return }
    shard.loop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(patienceSeconds * 1e9))) { [weak self] in
      guard let self, !hasFinished else { return }
      guard answers > before else {
        if let putOffStatus { return stop(.putOff(putOffStatus, seconds: patienceSeconds)) }
        return stop(.away("the server answered nothing for \(short(patienceSeconds)) s"))
      }
      watch(since: answers)
    }
  }

  private func fill() {
    shard.now = MonotonicClock.now
    for connection in shard.connections.prefix(BulkDriver.connectionsMax) {
      fill(connection)
      connection.flush()
    }
    finishIfDone()
  }

  private func fill(_ connection: WireConnection) {
    while !hasFinished, connection.hasRoom, connection.inFlight < BulkDriver.window, let record = next() {
      inFlight += 1
      write(record, on: connection)
    }
  }

  private func next() -> CallRecord? {
    if let record = queued.popLast() { return record }
    if isExhausted { return nil }
    let record = nextCall()
    if record == nil { isExhausted = true }
    return record
  }

  private func finishIfDone() {
    guard !hasFinished, isExhausted, queued.isEmpty, inFlight == 0, delayed == 0 else { return }
    hasFinished = true
    finished.succeed()
  }

  final override func ready(_ connection: WireConnection) { fill(connection) }

  final override func answered(
    _ connection: WireConnection, _ record: CallRecord, _ head: ResponseHead, _ bytes: RawSpan, _ place: MessagePlace
  ) {
    inFlight -= 1
    if LoadDriver.verdict(head.status, head.outcome) == .later { return putOff(record, head) }
    answers += 1
    putOffStatus = nil
    do {
      if let record = try took(record, head, bytes, place) { queued.append(record) }
    } catch let failure as LoadFailure {
      stop(failure)
    } catch {
      stop(.failed("an answer cannot be read: \(error)"))
    }
  }

  /// Asks again when the server wants it.
  private func putOff(_ record: CallRecord, _ head: ResponseHead) {
    delayed += 1
    putOffStatus = head.status
    shard.loop.assumeIsolated().scheduleTask(in: head.pause) { [self] in
      delayed -= 1
      queued.append(record)
      if shard.driver === self { fill() }
    }
  }

  final override func readCompleted(_ connection: WireConnection) {
    fill(connection)
    finishIfDone()
  }

  final override func ended(_ connection: WireConnection, unanswered: [CallRecord], _ error: LoadFailure) {
    guard connection.isWelcomed, !hasFinished else { return }
    inFlight -= unanswered.count
    queued += unanswered
    reopen(connection.index)
  }

  private func reopen(_ index: Int) {
    reconnects += 1
    guard reconnects <= 20 else { return stop(.away("the connection to the server breaks again and again")) }
    shard.loop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(reconnects) * 20)) { [self] in
      guard shard.driver === self, !hasFinished else { return }
      shard.connect(index).assumeIsolated().whenFailure { _ in self.reopen(index) }
    }
  }

  /// An answer that must be OK is not.
  final func refusal(_ what: String, _ head: ResponseHead, _ bytes: RawSpan, _ place: MessagePlace) -> LoadFailure {
    let detail = (try? place.detail(head.detail, in: bytes)).flatMap { $0 }.map { " (\($0))" } ?? ""
    return .failed("\(what) was refused: \(head.status)\(detail)")
  }
}
