// The load of one round: many tasks at once, each living through holds, until the server dies under them.

internal import Synchronization
package import TollgateClient
internal import TollgateTestSupport

/// Sends operations until it is told to stop, and writes down what it hears.
package final class CrashLoad: Sendable {
  private let accounts: [AccountID]
  private let round: Int
  private let ids: RequestIDs
  private let state = Mutex(State())

  private struct State {
    /// In an order in which the operations on any one hold follow each other.
    var lines: [CrashLine] = []
    var isStopped = false
    var acknowledged = 0
  }

  package init(accounts: [AccountID], round: Int, ids: RequestIDs) {
    self.accounts = accounts
    self.round = round
    self.ids = ids
  }

  package var lines: [CrashLine] { state.withLock { $0.lines } }
  package var acknowledged: Int { state.withLock { $0.acknowledged } }

  /// The server is dead or about to die: no new calls.
  package func stop() { state.withLock { $0.isStopped = true } }

  private var isStopped: Bool { state.withLock { $0.isStopped } }

  /// One worker's life.
  package func work(on client: TollgateClient, _ seed: UInt64) async {
    var random = SeededGenerator(seed: seed)
    while !isStopped {
      let account = accounts[Int.random(in: accounts.indices, using: &random)]
      let count = UInt16.random(in: 1...4, using: &random)
      if Int.random(in: 0..<8, using: &random) == 0 {
        guard await send(.charge(count: count), account, client) != nil else { return }
        continue
      }
      guard let authorized = await send(.authorize(count: count), account, client) else { return }
      guard case .authorized(let hold) = authorized else { continue }
      guard await finish(hold.hold, count, account, client, &random) else { return }
    }
  }

  /// Captures or voids a hold in one of many ways, or leaves it open; false when the server is gone.
  private func finish(
    _ hold: HoldID, _ count: UInt16, _ account: AccountID, _ client: TollgateClient, _ random: inout SeededGenerator
  ) async -> Bool {
    let calls: [CrashOperation.Call] =
      switch Int.random(in: 0..<8, using: &random) {
      case 0: []
      case 1: [.void(hold)]
      case 2: [.capture(hold, .images(1), closes: false), .void(hold)]
      case 3: [.capture(hold, .images(1), closes: false), .capture(hold, .all, closes: true)]
      case 4: [.capture(hold, .amount(Credits(microcredits: 500_000)), closes: true)]
      // A second capture of what is closed: a denial, and sticky as such.
      case 5: [.capture(hold, .all, closes: true), .capture(hold, .all, closes: true)]
      default: [.capture(hold, .all, closes: true)]
      }
    for call in calls {
      guard await send(call, account, client) != nil else { return false }
    }
    return true
  }

  /// Sends one operation; nil when there is no answer.
  private func send(
    _ call: CrashOperation.Call, _ account: AccountID, _ client: TollgateClient
  ) async -> CrashOutcome? {
    let operation = CrashOperation(id: ids.next(), account: account, call: call)
    let place = state.withLock { state in
      state.lines.append(CrashLine(operation: operation, round: round))
      return state.lines.count - 1
    }
    do throws(TollgateError) {
      let (outcome, _) = try await operation.perform(on: client)
      state.withLock { state in
        state.lines[place].outcome = outcome
        state.acknowledged += 1
      }
      return outcome
    } catch {
      if error.outcome == .notProcessed { state.withLock { $0.lines[place].isRefuted = true } }
      return nil
    }
  }
}
