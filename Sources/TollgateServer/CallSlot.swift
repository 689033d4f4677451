// A call between its frame and its answer: where its parts stand in the connection's batch.

internal import TollgateValues
internal import TollgateWire

/// A call of the read at hand.
struct CallSlot {
  var call: UInt64
  /// Its first place among the batch's commands or queries.
  var first: Int
  /// How many places it has: more than one only of batch calls.
  var count: Int
  var kind: Kind

  enum Kind: UInt8 {
    case command
    case query
    case authorizeBatch
    case captureBatch
  }
}

/// Names of limits, as the detail `limitExceeded` numbers them in PROTOCOL.md.
enum LimitName: UInt8 {
  case frameBytes = 1
  case callsInFlight = 2
  case batchItems = 3
  case textBytes = 4
  case deadline = 5
  case streams = 6
}
