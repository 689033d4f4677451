// A connection as other threads see it: a mailbox that one wake-up of the loop empties, however much is in it.

internal import NIOCore
internal import Synchronization

/// What callers leave for the loop. Everything left before the loop wakes goes out as one write and one flush.
final class ConnectionHandle: Sendable {
  /// The name of the connection in logs.
  let name: String
  /// Where it leads, for errors.
  let endpoint: String
  let loop: any EventLoop
  private let mailbox = Mutex(Mailbox())
  /// Set once by the handler, on the loop.
  private let handler: NIOLoopBoundBox<ConnectionHandler?>
  private let readyPromise: EventLoopPromise<Void>
  private let endingPromise: EventLoopPromise<Ending>

  /// How a connection stopped to take calls.
  enum Ending: Sendable {
    /// GOAWAY came, or we want to leave.
    case draining
    case closed(TollgateError?)
  }

  /// What waits for the loop.
  struct Mailbox {
    var calls: [PreparedCall] = []
    var cancels: [UInt64] = []
    var credits: [(call: UInt64, items: UInt32)] = []
    var leaves = false
    var isScheduled = false
    var isClosed = false
  }

  init(endpoint: String, number: Int, loop: any EventLoop) {
    self.endpoint = endpoint
    name = "\(endpoint)#\(number)"
    self.loop = loop
    handler = NIOLoopBoundBox.makeEmptyBox(valueType: ConnectionHandler.self, eventLoop: loop)
    readyPromise = loop.makePromise()
    endingPromise = loop.makePromise()
  }

  /// Done when WELCOME has come; fails if it never will.
  var ready: EventLoopFuture<Void> { readyPromise.futureResult }
  /// Done when the connection takes no more calls.
  var ending: EventLoopFuture<Ending> { endingPromise.futureResult }

  func becameReady() { readyPromise.succeed() }

  func beganDraining() { endingPromise.succeed(.draining) }

  /// The end, also of a connection that never was. What was said before stays said.
  func closed(_ error: TollgateError?) {
    readyPromise.fail(error ?? .connectionClosed)
    endingPromise.succeed(.closed(error))
  }

  /// On the loop: the handler that empties the mailbox.
  func attach(_ handler: ConnectionHandler) { self.handler.value = handler }

  /// Sends a call. It has been counted by the pool before; a closed connection fails it as not processed.
  func enqueue(_ call: PreparedCall) {
    post {
      $0.calls.append(call)
    } ifClosed: {
      call.sink.finish(call.index, .failure(.connectionClosed))
    }
  }

  /// Sends calls, in order.
  func enqueue(_ calls: [PreparedCall]) {
    guard !calls.isEmpty else { return }
    post {
      $0.calls += calls
    } ifClosed: {
      for call in calls { call.sink.finish(call.index, .failure(.connectionClosed)) }
    }
  }

  /// Nobody waits for a call any more.
  func cancel(_ call: UInt64) {
    post {
      $0.cancels.append(call)
    } ifClosed: {
    }
  }

  /// The reader of a stream has room for more items.
  func grant(_ call: UInt64, items: UInt32) {
    post {
      $0.credits.append((call, items))
    } ifClosed: {
    }
  }

  /// No new calls; closes when those in flight are answered.
  func leave() {
    post {
      $0.leaves = true
    } ifClosed: {
    }
  }

  /// Closes at once; calls in flight fail with an unknown outcome.
  func close(_ error: TollgateError) {
    loop.execute { self.handler.value?.close(error) }
  }

  /// On the loop: takes all that waits.
  func takeMail() -> Mailbox {
    mailbox.withLock { mailbox in
      defer {
        mailbox = Mailbox()
        mailbox.isClosed = false
      }
      return mailbox
    }
  }

  /// On the loop: the connection is gone; returns the calls that were never sent.
  func shut() -> [PreparedCall] {
    handler.value = nil
    return mailbox.withLock { mailbox in
      defer {
        mailbox = Mailbox()
        mailbox.isClosed = true
      }
      return mailbox.calls
    }
  }

  private func post(_ change: (inout Mailbox) -> Void, ifClosed: () -> Void) {
    let (isClosed, mustWake) = mailbox.withLock { mailbox in
      guard !mailbox.isClosed else { return (true, false) }
      change(&mailbox)
      defer { mailbox.isScheduled = true }
      return (false, !mailbox.isScheduled)
    }
    if isClosed { return ifClosed() }
    if mustWake { loop.execute { self.handler.value?.emptyMailbox() } }
  }
}

extension TollgateError {
  static var connectionClosed: TollgateError {
    TollgateError(
      code: .unavailable, message: "the connection closed before the call was sent", outcome: .notProcessed)
  }
}
