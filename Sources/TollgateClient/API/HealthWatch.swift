// A gate's health as an asynchronous sequence, with the wire's credits as its flow control.

/// The health of a service: once at the beginning, then at each change.
public struct HealthWatch: AsyncSequence, Sendable {
  /// What the sequence is made of.
  public typealias Element = HealthReport
  /// Accidents end it.
  public typealias Failure = TollgateError

  let client: TollgateClient
  let service: String
  let trace: TraceContext?

  /// Opens the stream at the first `next()`.
  public func makeAsyncIterator() -> Iterator { Iterator(watch: self) }

  /// Reads the stream; giving it up cancels the call.
  public struct Iterator: AsyncIteratorProtocol {
    private let watch: HealthWatch
    private var reader: ReplyStreamReader?

    init(watch: HealthWatch) { self.watch = watch }

    /// The next report, or nil when the gate has ended the stream.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws(TollgateError) -> HealthReport? {
      let reader: ReplyStreamReader
      if let opened = self.reader {
        reader = opened
      } else {
        reader = ReplyStreamReader(try watch.client.openHealthStream(watch.service, watch.trace))
        self.reader = reader
      }
      guard let item = try await reader.stream.next() else { return nil }
      return try watch.client.healthReport(watch.service, item)
    }

    /// The next report, or nil when the gate has ended the stream.
    public mutating func next() async throws(TollgateError) -> HealthReport? { try await next(isolation: nil) }
  }
}
