// Opens and funds the accounts of a run, pipelined on four connections; accounts that exist are only funded again.

import NIOCore
import NIOPosix
import TollgateValues
import TollgateWire

struct Preparation {
  var connector: Connector
  var accounts: Int
  private static let connectionCount = 4

  init(connector: Connector, accounts: Int) {
    self.connector = connector
    self.accounts = accounts
  }

  func run() async throws {
    let loop = connector.group.next()
    let promises = (0..<Preparation.connectionCount).map { _ in loop.makePromise(of: Void.self) }
    let share = (accounts + promises.count - 1) / promises.count
    let total = accounts
    let channels = try await connector.connect(promises.count) { index in
      PrepareHandler(
        range: UInt64(min(total, index * share))..<UInt64(min(total, (index + 1) * share)), done: promises[index])
    }
    for promise in promises { try await promise.futureResult.get() }
    for channel in channels { try await channel.close() }
  }
}

final class PrepareHandler: WorkHandler {
  private var next: UInt64
  private let end: UInt64
  private var open = 0
  private let done: EventLoopPromise<Void>
  private var isDone = false
  private static let window = 1_024

  init(range: Range<UInt64>, done: EventLoopPromise<Void>) {
    next = range.lowerBound
    end = range.upperBound
    self.done = done
  }

  override func begin() { fill() }

  private func fill() {
    while open < PrepareHandler.window, next < end {
      let account = accountID(next)
      call(.openAccount, ids.next(), OpenAccountRequest(account: account, reason: "load test"))
      let amount = Credits(microcredits: 1_000_000_000_000)
      call(
        .grant, ids.next(),
        GrantRequest(account: account, source: 5, amount: amount, reason: "load test"))
      next += 1
      open += 2
    }
    if open == 0, next == end, !isDone {
      isDone = true
      done.succeed()
    }
  }

  override func answered(_ call: UInt64, _ head: ResponseHead, _ buffer: ByteBuffer, _ place: MessagePlace) {
    open -= 1
    if head.status != .ok, head.status != .alreadyExists, !isDone {
      isDone = true
      done.fail(Refused("preparing accounts: \(head.status)"))
    }
    fill()
  }

  override func ended(_ error: (any Error)?) {
    if !isDone {
      isDone = true
      done.fail(error ?? Refused("the server closed the connection while accounts were prepared"))
    }
  }
}
