// Sinks that only write down what happened to their calls.

import NIOCore
import Synchronization
import TollgateWire

@testable import TollgateClient

/// Remembers the end of each call, the calls that were sent, and the items that came.
final class RecordingSink: ReplySink {
  struct Record {
    var ends: [Int: Result<RawReply, TollgateError>] = [:]
    var sent: [Int: UInt64] = [:]
    var items: [RawReply] = []
    var endCount = 0
  }

  private let record = Mutex(Record())

  var ends: [Int: Result<RawReply, TollgateError>] { record.withLock { $0.ends } }
  var sent: [Int: UInt64] { record.withLock { $0.sent } }
  var items: [RawReply] { record.withLock { $0.items } }
  /// Ends, repeated ones included: never more than calls.
  var endCount: Int { record.withLock { $0.endCount } }

  func error(_ index: Int) -> TollgateError? { ends[index]?.failure }

  /// Makes the caller of a call go away.
  func giveUp(_ index: Int) { finish(index, .failure(.cancelled(outcome: .unknown))) }

  func isFinished(_ index: Int) -> Bool { record.withLock { $0.ends[index] != nil } }

  func sent(_ index: Int, on connection: ConnectionHandle, as call: UInt64) {
    record.withLock { $0.sent[index] = call }
  }

  func finish(_ index: Int, _ result: Result<RawReply, TollgateError>) {
    record.withLock { record in
      record.endCount += 1
      if record.ends[index] == nil { record.ends[index] = result }
    }
  }

  func item(_ index: Int, _ item: RawReply) { record.withLock { $0.items.append(item) } }
}
