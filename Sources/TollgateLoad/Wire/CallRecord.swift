// What the harness remembers of a call in flight: enough to judge its answer, and to send it again after a broken connection.

internal import TollgateValues
internal import TollgateWire

/// The kinds of calls that are measured apart.
package enum CallKind: UInt8, CaseIterable, BitwiseCopyable, Sendable {
  case authorize, capture, void, extend, charge, quote, balance, authorizeBatch, captureBatch

  /// As reports name it.
  package var name: String {
    switch self {
    case .authorize: "authorize"
    case .capture: "capture"
    case .void: "void"
    case .extend: "extend"
    case .charge: "charge"
    case .quote: "quote"
    case .balance: "balance"
    case .authorizeBatch: "authorize-batch"
    case .captureBatch: "capture-batch"
    }
  }

  /// Whether the server's books may change: the call carries an id, and an unknown outcome must be found out.
  var mutates: Bool { self != .quote && self != .balance }
  /// The call is about a hold that is there already: when it fails, the hold stays as it is.
  var concernsHold: Bool { self == .capture || self == .void || self == .extend || self == .captureBatch }
}

/// A call in flight, or the call of a batch, whose items are kept elsewhere.
struct CallRecord: BitwiseCopyable {
  /// The call's number on its connection; 0: this place is free.
  var call: UInt64 = 0
  /// When the call was due, in nanoseconds of the monotonic clock: latency counts from here.
  var start: UInt64 = 0
  var request = RequestID.zero
  /// The hold that a capture, void or extend is about.
  var hold = HoldID.zero
  /// Micro-credits of that hold, as they were acknowledged.
  var amount: Int64 = 0
  /// The number of the account.
  var account: UInt32 = 0
  /// The job of a render farm or the items of a batch, by place; -1: none.
  var item: Int32 = -1
  var kind = CallKind.authorize
  var scenario = Scenario.authorizeCapture
  /// Times that it was sent again.
  var attempt: UInt8 = 0
  /// It was sent before on a connection that broke, and may have been done.
  var mayBeDone = false
  /// Sent a second time on purpose: the answer must be this one (see `Answers`); 0: the first time.
  var expected: UInt64 = 0
}
