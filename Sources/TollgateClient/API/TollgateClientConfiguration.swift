// Everything that an application may decide about its client, with its units, and one clear error if it cannot be.

public import TollgateValues

/// The settings of a ``TollgateClient``. The defaults are right for most; only `endpoints` and `security` must be given.
public struct TollgateClientConfiguration: Sendable, Hashable {
  /// Where the gates are; tried in turn, beginning anywhere. At least one.
  public var endpoints: [Endpoint]
  /// TLS with a client certificate, or plain text to this machine only.
  public var security: Security
  /// Connections kept open, and opened at start; 1 to 64.
  public var connections: Int = 2
  /// How long a call may take, retries and waiting for a connection included, unless its options say otherwise; above zero.
  public var callTimeout: Duration = .seconds(5)
  /// How long one attempt to connect may take, from the name's look-up to the gate's WELCOME; above zero.
  public var connectTimeout: Duration = .seconds(5)
  /// How long a graceful shutdown waits for calls in flight; zero or above.
  public var drainTimeout: Duration = .seconds(5)
  /// How to find out that a gate is gone without a word.
  public var keepalive: Keepalive = Keepalive()
  /// How long to wait between attempts to connect.
  public var backoff: Backoff = Backoff()
  /// What to try again by itself.
  public var retry: Retry = Retry()
  /// How often the endpoints' names are looked up again, to leave addresses that they no longer name; above zero.
  public var nameRefreshInterval: Duration = .seconds(60)
  /// Calls in flight on one connection at most; the gate's own limit counts if it is lower. 1 to `Limits.callsInFlightMax`.
  public var callsInFlightMax: Int = 8_192
  /// Calls that wait for a connection or for room on one, at most; a call beyond fails with `resourceExhausted`.
  public var waitingCallsMax: Int = 65_536
  /// What becomes of captures and voids whose answer is unknown; nil leaves them to the caller.
  public var settlement: Settlement?
  /// The name under which the gate logs this client; at most 64 bytes.
  public var clientName: String = "swift"
  /// The version under which the gate logs this client; at most 64 bytes.
  public var clientVersion: String = ""

  /// Settings for a client of these gates.
  public init(endpoints: [Endpoint], security: Security) {
    self.endpoints = endpoints
    self.security = security
  }

  /// Settings for a client of one gate.
  public init(host: String, port: Int = Endpoint.portDefault, security: Security) {
    self.init(endpoints: [Endpoint(host: host, port: port)], security: security)
  }
}

extension TollgateClientConfiguration {
  /// The address of a gate.
  public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// The port that tollgated listens on unless told otherwise.
    public static let portDefault = 7_420
    /// A name, or an IPv4 or IPv6 address without brackets.
    public var host: String
    /// 1 to 65,535.
    public var port: Int

    /// The address of a gate.
    public init(host: String, port: Int = Endpoint.portDefault) {
      self.host = host
      self.port = port
    }

    /// `host:port`, with brackets around an IPv6 address.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
  }

  /// How connections are protected.
  public enum Security: Sendable, Hashable {
    /// TLS 1.3 with certificates of both sides; the only way to leave this machine.
    case tls(TLS)
    /// Plain text: for development, and refused unless every endpoint is on this machine's loopback.
    case plaintextOnLoopback
  }

  /// The files of TLS, all in PEM; read once when the client is made.
  public struct TLS: Sendable, Hashable {
    /// The path of the client's certificate, followed by its intermediates.
    public var certificateChain: String
    /// The path of the certificate's private key, without a passphrase.
    public var privateKey: String
    /// The path of the authorities that may vouch for the gate; nothing else is trusted.
    public var trustRoots: String
    /// The name that the gate's certificate must bear; nil takes the endpoint's host.
    public var serverName: String?

    /// The files of TLS.
    public init(certificateChain: String, privateKey: String, trustRoots: String, serverName: String? = nil) {
      self.certificateChain = certificateChain
      self.privateKey = privateKey
      self.trustRoots = trustRoots
      self.serverName = serverName
    }
  }

  /// Pings on a connection that has been silent, and the kernel's own patience.
  public struct Keepalive: Sendable, Hashable {
    /// A ping goes out when nothing was received for this long; raised to what the gate allows. Nil sends none.
    public var interval: Duration? = .seconds(20)
    /// The connection is given up when a ping has no answer for this long; above zero.
    public var timeout: Duration = .seconds(10)
    /// TCP_USER_TIMEOUT: the kernel gives up when sent bytes are not acknowledged for this long. Nil leaves it alone.
    public var tcpUserTimeout: Duration? = .seconds(20)

    /// The defaults.
    public init() {}
  }

  /// Waiting times between attempts to connect: they grow by a factor, are spread by chance, and start over after success.
  public struct Backoff: Sendable, Hashable {
    /// The first waiting time; above zero.
    public var initial: Duration = .milliseconds(100)
    /// The longest; at least `initial`.
    public var maximum: Duration = .seconds(10)
    /// What each waiting time is multiplied by; 1 to 10.
    public var factor: Double = 1.6
    /// By how much chance moves a waiting time, up or down; 0 to 1.
    public var jitter: Double = 0.3

    /// The defaults.
    public init() {}
  }

  /// Tries again by itself: only what was not processed, or carries an id (and then with the same id), within the
  /// call's timeout, and only as far as the budget goes, so that a sick gate is not beaten to death.
  public struct Retry: Sendable, Hashable {
    /// Attempts of one call in all; 1 means none again. 1 to 10.
    public var attemptsMax: Int = 4
    /// The waiting time before the second attempt; doubled for each further one, and spread by chance.
    public var initialDelay: Duration = .milliseconds(20)
    /// Retries that can be saved up; each of a call that the gate itself turned away takes one. Calls on a lost
    /// connection take none, as connecting again has pauses of its own. 1 to 1,000,000.
    public var budget: Double = 100
    /// What each call that succeeded adds to the budget; 0 to 1.
    public var budgetPerSuccess: Double = 0.1

    /// The defaults.
    public init() {}
  }

  /// Captures and voids whose answer is unknown are kept and repeated, with the same id, until the gate has answered or
  /// the hold must have expired.
  public struct Settlement: Sendable, Hashable {
    /// A file that makes them survive this process; nil keeps them in memory. One process at a time may use it.
    public var file: String?
    /// How many are kept at most; above zero.
    public var itemsMax: Int = 100_000
    /// How often they are repeated while the gate cannot be reached; above zero.
    public var interval: Duration = .seconds(1)
    /// How long one is repeated at most; a hold lives no longer than `Limits.holdLifetimeMax` after its last extension,
    /// and the gate forgets ids after its dedup window, an hour by default.
    public var keepFor: TimeSpan = Limits.dedupWindowDefault

    /// Settlement in memory, or in a file.
    public init(file: String? = nil) { self.file = file }
  }
}
