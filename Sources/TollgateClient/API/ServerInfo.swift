// What a gate says of itself: who it is, what it can do, how it feels.

public import TollgateValues

/// Who a gate is.
public struct ServerInfo: Hashable, Sendable {
  /// The version of its program.
  public var version: String
  /// The kind of its journal: `memory`, `sqlite`.
  public var journal: String
  /// Its clock at the answer.
  public var serverTime: Instant
  /// When this process began to serve.
  public var startedAt: Instant
  /// The instance: a new id at each start.
  public var instance: String
  /// The shard that it serves.
  public var shard: UInt32
  /// The price book in force.
  public var priceBook: UInt32
  /// From when that price book applies.
  public var priceBookAppliesFrom: Instant
  /// Batches made durable since the journal began.
  public var commits: UInt64
}

/// What a gate can do: its methods and messages.
public struct ServiceDescription: Hashable, Sendable {
  /// The methods.
  public var methods: [Method]
  /// The messages.
  public var messages: [Message]

  /// One method.
  public struct Method: Hashable, Sendable {
    /// Its number.
    public var number: UInt16
    /// Its name.
    public var name: String
    /// The message versions that the gate speaks.
    public var versions: ClosedRange<UInt16>
    /// The roles that may call it, by name.
    public var roles: [String]
    /// Whether it answers with a stream of items.
    public var isStream: Bool
    /// Whether it is a batch of items, each with its own id and result.
    public var isBatch: Bool
    /// Whether it changes the ledger and so carries an id.
    public var mutates: Bool
    /// The name of its request message.
    public var request: String
    /// The name of its reply message; of a stream, of its items.
    public var reply: String
  }

  /// One message.
  public struct Message: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// Bytes of its root.
    public var rootBytes: UInt32
    /// The fields of its root.
    public var fields: [Field]
  }

  /// One field of a message's root.
  public struct Field: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// Its type, as PROTOCOL.md names it.
    public var type: String
    /// Where it begins, in bytes from the root's start.
    public var offset: UInt32
    /// How long it is, in bytes.
    public var bytes: UInt32
  }
}

/// How one service of a gate feels.
public struct HealthReport: Hashable, Sendable {
  /// The service: `ledger`, or empty for the gate as a whole.
  public var service: String
  /// Since when, by the gate's clock.
  public var since: Instant
  /// Whether it takes calls.
  public var status: Status

  /// Whether a service takes calls.
  public struct Status: RawRepresentable, Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
    /// The number on the wire.
    public var rawValue: UInt8
    /// The status with this number, known or not.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Not known.
    public static let unknown = Status(rawValue: 0)
    /// Takes calls.
    public static let serving = Status(rawValue: 1)
    /// Takes no new calls, and is about to stop.
    public static let draining = Status(rawValue: 2)
    /// Another node takes the calls.
    public static let notLeader = Status(rawValue: 4)
    /// Takes no calls.
    public static let notServing = Status(rawValue: 3)

    /// The status's name.
    public var description: String {
      switch self {
      case .serving: "serving"
      case .draining: "draining"
      case .notLeader: "not leader"
      case .notServing: "not serving"
      default: "unknown"
      }
    }
  }
}
