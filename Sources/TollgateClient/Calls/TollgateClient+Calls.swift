// From a message to an answer: encodes, sends, waits, tries again where that is safe, and decodes.

internal import NIOCore
internal import Synchronization
internal import TollgateValues
internal import TollgateWire

extension TollgateClient {
  /// Calls a method whose refusals are decisions.
  func decide<Request, Reply>(
    _ call: Call<Request, Reply>, _ message: Request, _ options: CallOptions
  ) async throws(TollgateError) -> Decision<Reply> {
    let mutates = call.method.row?.mutates ?? false
    let id = mutates ? options.id ?? ids.next() : .zero
    let reply = try await perform(call.method, message, id: id, isRepeatable: true, options)
    return try reply.decision()
  }

  /// Calls a method that has nothing to refuse; a refusal nevertheless is an accident.
  func answer<Request, Reply>(
    _ call: Call<Request, Reply>, _ message: Request, _ options: CallOptions
  ) async throws(TollgateError) -> Reply {
    switch try await decide(call, message, options) {
    case .accepted(let reply, _): return reply
    case .denied(let denial): throw TollgateError(denial)
    }
  }

  /// Sends one call until it has an answer worth having, or its time is over.
  func perform(
    _ method: Method, _ message: some WireMessage, id: RequestID, isRepeatable: Bool, _ options: CallOptions
  ) async throws(TollgateError) -> RawReply {
    let frame = try PreparedCall.frame(method, message, id: id, trace: options.trace)
    let deadline = NIODeadline.now() + TimeAmount(options.timeout ?? configuration.callTimeout)
    var attempt = 0
    while true {
      let result = await send(frame, deadline: deadline, attempt: attempt)
      let error: TollgateError
      switch result {
      case .success(let reply):
        guard let failure = reply.failure else {
          budget.withLock { $0.succeeded() }
          return reply
        }
        error = failure
      case .failure(let failure): error = failure
      }
      attempt += 1
      guard let delay = retryDelay(after: error, attempt: attempt, isRepeatable: isRepeatable, until: deadline) else {
        throw error
      }
      do {
        try await Task.sleep(for: delay)
      } catch {
        throw .cancelled(outcome: .unknown)
      }
    }
  }

  /// The pause before the next attempt; nil if there should be none, or the budget has no token left.
  func retryDelay(
    after error: TollgateError, attempt: Int, isRepeatable: Bool, until deadline: NIODeadline
  ) -> Duration? {
    let delay = retry.delay(
      after: error, attempt: attempt, isRepeatable: isRepeatable,
      remaining: .nanoseconds((deadline - .now()).nanoseconds), random: Double.random(in: 0..<1))
    // A lost connection costs no token: connecting again has pauses of its own, and all calls on it come at once.
    guard let delay, !error.isFromGate || budget.withLock({ $0.take() }) else { return nil }
    return delay
  }

  private func send(
    _ frame: ByteBuffer, deadline: NIODeadline, attempt: Int
  ) async -> Result<RawReply, TollgateError> {
    let sink = SingleSink()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard sink.begin(continuation) else { return }
        pool.submit(PreparedCall(frame: frame, deadline: deadline, attempt: UInt8(clamping: attempt), sink: sink))
      }
    } onCancel: {
      sink.cancel()
    }
  }

  /// Sends many calls at once and waits for all answers, in one task; what failed and may be repeated goes out again.
  func performAll(
    _ frames: [ByteBuffer], areRepeatable: Bool, _ options: CallOptions
  ) async -> [Result<RawReply, TollgateError>] {
    let deadline = NIODeadline.now() + TimeAmount(options.timeout ?? configuration.callTimeout)
    var results = await sendAll(frames, deadline: deadline, attempt: 0)
    var pending = Array(results.indices)
    var attempt = 0
    while true {
      attempt += 1
      let open = pending.filter { results[$0].failure != nil }
      budget.withLock { budget in
        for _ in 0..<pending.count - open.count { budget.succeeded() }
      }
      var pause = Duration.zero
      pending = open.filter { index in
        guard let error = results[index].failure,
          let delay = retryDelay(after: error, attempt: attempt, isRepeatable: areRepeatable, until: deadline)
        else { return false }
        pause = max(pause, delay)
        return true
      }
      guard !pending.isEmpty, (try? await Task.sleep(for: pause)) != nil else { return results }
      let retried = await sendAll(pending.map { frames[$0] }, deadline: deadline, attempt: attempt)
      for (index, result) in zip(pending, retried) { results[index] = result }
    }
  }

  private func sendAll(
    _ frames: [ByteBuffer], deadline: NIODeadline, attempt: Int
  ) async -> [Result<RawReply, TollgateError>] {
    guard !frames.isEmpty else { return [] }
    let sink = GroupSink(count: frames.count)
    let calls = frames.indices.map {
      PreparedCall(frame: frames[$0], deadline: deadline, attempt: UInt8(clamping: attempt), sink: sink, index: $0)
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard sink.begin(continuation) else { return }
        pool.submit(calls)
      }
    } onCancel: {
      sink.cancel()
    }
  }
}

extension Result where Success == RawReply, Failure == TollgateError {
  /// The error, also of a reply that says that the gate could not serve the call; nil for answers and denials.
  var failure: TollgateError? {
    switch self {
    case .success(let reply): reply.failure
    case .failure(let error): error
    }
  }
}

extension PreparedCall {
  /// A REQUEST frame, with placeholders for what the connection fills in.
  static func frame(
    _ method: Method, _ message: some WireMessage, id: RequestID, trace: TraceContext?, credit: UInt32 = 0
  ) throws(TollgateError) -> ByteBuffer {
    var frame = ByteBuffer()
    try append(method, message, id: id, trace: trace, credit: credit, to: &frame)
    return frame
  }

  /// Appends a REQUEST frame.
  static func append(
    _ method: Method, _ message: some WireMessage, id: RequestID, trace: TraceContext?, credit: UInt32 = 0,
    to frame: inout ByteBuffer
  ) throws(TollgateError) {
    let head = RequestHead(
      method: method, request: id, trace: trace.map { .init($0) } ?? .none, credit: credit)
    do {
      try frame.writeRequest(head, message, call: .max)
    } catch {
      throw TollgateError(
        code: .invalidArgument, message: "the request cannot be sent: \(error)", outcome: .notProcessed, cause: error)
    }
  }
}

extension TollgateWire.TraceContext {
  init(_ trace: TraceContext) {
    self.init(traceHigh: trace.traceHigh, traceLow: trace.traceLow, span: trace.span, flags: trace.flags)
  }
}
