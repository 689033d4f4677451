// Opens streams. They are not retried: the reader learns of the end and decides.

internal import NIOCore
internal import TollgateValues
internal import TollgateWire

extension TollgateClient {
  func openHealthStream(_ service: String, _ trace: TraceContext?) throws(TollgateError) -> ReplyStream {
    let stream = ReplyStream()
    let frame = try PreparedCall.frame(
      .healthWatch, HealthRequest(service: service), id: .zero, trace: trace, credit: ReplyStream.room)
    // A stream has no end of its own.
    pool.submit(PreparedCall(frame: frame, deadline: .distantFuture, attempt: 0, sink: stream))
    return stream
  }

  func healthReport(_ service: String, _ item: RawReply) throws(TollgateError) -> HealthReport {
    HealthReport(service, try item.message(HealthReply.self))
  }
}
