// Many requests at once: batches are split as the gate's limits demand, pipelines share one buffer.

internal import NIOCore
internal import TollgateValues
internal import TollgateWire

extension TollgateClient {
  /// Asks in as few batch calls as the gate allows, and puts the results in the order of the items.
  func batch<Item: BatchItem, WireItem: Sendable, Request, Reply, Success>(
    _ items: [Item], _ call: Call<Request, Reply>, _ options: CallOptions,
    item: (Item, RequestID) -> WireItem, message: ([WireItem]) -> Request,
    results: (Reply) -> [Result<Decision<Success>, TollgateError>]
  ) async throws(TollgateError) -> [Result<Decision<Success>, TollgateError>] {
    guard !items.isEmpty else { return [] }
    let fresh = ids.next(items.count)
    let size = pool.batchItems ?? TollgateClient.batchItemsBeforeWelcome
    var frames: [ByteBuffer] = []
    var counts: [Int] = []
    for start in stride(from: 0, to: items.count, by: size) {
      let range = start..<min(items.count, start + size)
      let wireItems = range.map { item(items[$0], items[$0].id ?? fresh[$0]) }
      frames.append(try PreparedCall.frame(call.method, message(wireItems), id: .zero, trace: options.trace))
      counts.append(range.count)
    }
    let replies = await performAll(frames, areRepeatable: true, options)
    if replies.count == 1, let error = replies[0].failure { throw error }
    var all: [Result<Decision<Success>, TollgateError>] = []
    all.reserveCapacity(items.count)
    for (reply, count) in zip(replies, counts) {
      switch TollgateClient.decoded(reply, count, results) {
      case .success(let part): all += part
      case .failure(let error):
        if replies.count == 1 { throw error }
        all += Array(repeating: .failure(error), count: count)
      }
    }
    return all
  }

  /// What the smallest gate takes; the first WELCOME says what this one takes.
  static var batchItemsBeforeWelcome: Int { 1_024 }

  private static func decoded<Reply: WireMessage, Success>(
    _ reply: Result<RawReply, TollgateError>, _ count: Int,
    _ results: (Reply) -> [Result<Decision<Success>, TollgateError>]
  ) -> Result<[Result<Decision<Success>, TollgateError>], TollgateError> {
    do throws(TollgateError) {
      switch try reply.get().decision(of: Reply.self) {
      case .denied(let denial): return .failure(TollgateError(denial))
      case .accepted(let reply, _):
        let part = results(reply)
        guard part.count == count else {
          throw TollgateError(
            code: .protocolViolation, message: "the gate gave \(part.count) results for \(count) items",
            outcome: .unknown)
        }
        return .success(part)
      }
    } catch {
      return .failure(error)
    }
  }

  /// Sends single calls of any kind at once; their frames share one buffer.
  func performPipeline(
    _ requests: [PipelinedRequest], _ options: CallOptions
  ) async -> [Result<PipelinedReply, TollgateError>] {
    guard !requests.isEmpty else { return [] }
    let fresh = ids.next(requests.count)
    var buffer = ByteBuffer()
    buffer.reserveCapacity(requests.count * 192)
    var ends: [Int] = []
    ends.reserveCapacity(requests.count)
    do throws(TollgateError) {
      for index in requests.indices {
        try requests[index].append(to: &buffer, id: fresh[index], trace: options.trace)
        ends.append(buffer.writerIndex)
      }
    } catch {
      return Array(repeating: .failure(error), count: requests.count)
    }
    var start = 0
    let frames = ends.map { end in
      defer { start = end }
      return buffer.getSlice(at: start, length: end - start) ?? ByteBuffer()
    }
    let replies = await performAll(frames, areRepeatable: true, options)
    return zip(requests, replies).map { request, reply in
      do throws(TollgateError) {
        return .success(try request.reply(reply.get()))
      } catch {
        return .failure(error)
      }
    }
  }
}

/// An item of a batch call, which may carry its id.
protocol BatchItem: Sendable {
  var id: RequestID? { get }
}

extension SpendRequest: BatchItem {}
extension CaptureRequest: BatchItem {}

extension PipelinedRequest {
  func append(to buffer: inout ByteBuffer, id fresh: RequestID, trace: TraceContext?) throws(TollgateError) {
    switch self {
    case .authorize(let spend):
      try PreparedCall.append(.authorize, AuthorizeRequest(spend), id: spend.id ?? fresh, trace: trace, to: &buffer)
    case .capture(let capture):
      try PreparedCall.append(
        .capture, TollgateWire.CaptureRequest(capture), id: capture.id ?? fresh, trace: trace, to: &buffer)
    case .void(let hold, let id):
      try PreparedCall.append(.void, VoidRequest(hold: hold), id: id ?? fresh, trace: trace, to: &buffer)
    case .extend(let hold, let lifetime, let id):
      try PreparedCall.append(
        .extend, ExtendRequest(hold: hold, lifetime: lifetime), id: id ?? fresh, trace: trace, to: &buffer)
    case .charge(let spend):
      try PreparedCall.append(.charge, ChargeRequest(spend), id: spend.id ?? fresh, trace: trace, to: &buffer)
    }
  }

  func reply(_ reply: RawReply) throws(TollgateError) -> PipelinedReply {
    switch self {
    case .authorize: return .authorized(try reply.decision(of: AuthorizeReply.self).map { Authorization($0) })
    case .capture:
      return .captured(
        try reply.decision(of: CaptureReply.self).map {
          Captured(amount: $0.captured, left: $0.left, closed: $0.closed)
        })
    case .void: return .voided(try reply.decision(of: VoidReply.self).map { Voided(released: $0.released) })
    case .extend: return .extended(try reply.decision(of: ExtendReply.self).map { Extended(expires: $0.expires) })
    case .charge:
      return .charged(
        try reply.decision(of: ChargeReply.self).map { Charged(amount: $0.amount, priceBook: $0.book) })
    }
  }
}
