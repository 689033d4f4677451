// A stream of items with the wire's credits as flow control: the gate sends no more than the reader has room for.

internal import NIOCore
internal import Synchronization
internal import TollgateWire

/// Items wait here until they are read; each half of the room that was read is granted again by one CREDIT.
final class ReplyStream: ReplySink {
  /// Items that the gate may send ahead of the reader.
  static let room: UInt32 = 16

  fileprivate enum Event {
    case item(RawReply)
    case end(TollgateError?)
  }

  fileprivate struct State {
    var items = CircularBuffer<RawReply>(initialCapacity: Int(ReplyStream.room))
    var end: TollgateError??
    var reader: CheckedContinuation<Event, Never>?
    var ungranted: UInt32 = 0
    var connection: ConnectionHandle?
    var call: UInt64 = 0
  }

  private let state = Mutex(State())

  /// The next item, or nil at the stream's end.
  func next() async throws(TollgateError) -> RawReply? {
    let event = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let event = state.withLock { state -> Event? in
          if let event = state.take() { return event }
          state.reader = continuation
          return nil
        }
        if let event { continuation.resume(returning: event) }
      }
    } onCancel: {
      finish(0, .failure(.cancelled(outcome: .unknown)))
      abandon()
    }
    switch event {
    case .item(let item):
      grant()
      return item
    case .end(let error):
      if let error { throw error }
      return nil
    }
  }

  func isFinished(_ index: Int) -> Bool { state.withLock { $0.end != nil } }

  func sent(_ index: Int, on connection: ConnectionHandle, as call: UInt64) {
    state.withLock { state in
      state.connection = connection
      state.call = call
    }
  }

  func item(_ index: Int, _ item: RawReply) {
    let reader = state.withLock { state -> CheckedContinuation<Event, Never>? in
      guard state.end == nil else { return nil }
      if let reader = state.reader {
        state.reader = nil
        return reader
      }
      state.items.append(item)
      return nil
    }
    reader?.resume(returning: .item(item))
  }

  func finish(_ index: Int, _ result: Result<RawReply, TollgateError>) {
    let end: TollgateError? =
      switch result {
      case .success(let reply): reply.head.status == .ok ? nil : TollgateError(reply)
      case .failure(let error): error
      }
    let reader = state.withLock { state -> CheckedContinuation<Event, Never>? in
      guard state.end == nil else { return nil }
      state.end = .some(end)
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume(returning: .end(end))
  }

  /// Tells the gate that nobody reads any more.
  func abandon() {
    let sent = state.withLock { state -> (ConnectionHandle, UInt64)? in
      defer { state.connection = nil }
      return state.connection.map { ($0, state.call) }
    }
    if let (connection, call) = sent { connection.cancel(call) }
  }

  private func grant() {
    let credit = state.withLock { state -> (ConnectionHandle, UInt64, UInt32)? in
      state.ungranted += 1
      guard state.ungranted >= ReplyStream.room / 2, state.end == nil, let connection = state.connection else {
        return nil
      }
      defer { state.ungranted = 0 }
      return (connection, state.call, state.ungranted)
    }
    if let (connection, call, count) = credit { connection.grant(call, items: count) }
  }
}

extension ReplyStream.State {
  fileprivate mutating func take() -> ReplyStream.Event? {
    if let item = items.popFirst() { return .item(item) }
    if let end { return .end(end) }
    return nil
  }
}

/// Holds a stream for its reader: when the reader lets go, the call is cancelled. (The connection holds the stream too.)
final class ReplyStreamReader: Sendable {
  let stream: ReplyStream

  init(_ stream: ReplyStream) { self.stream = stream }

  deinit {
    stream.finish(0, .failure(.cancelled(outcome: .unknown)))
    stream.abandon()
  }
}
