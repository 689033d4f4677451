// The circumstances of a run: what was asked, on which machine, of which server.

extension RunReport {
  /// What was asked of the run.
  package struct Configuration: Codable, Equatable, Sendable {
    /// The command line, word by word.
    package var arguments: [String]
    /// The scenario, as `authorize-capture`.
    package var scenario: String
    /// Parts of a mix with their weights; empty otherwise.
    package var mix: [MixPart]
    /// Who decides when a call is sent.
    package var loop: Loop
    /// Operations a second that an open loop intends.
    package var intendedRate: Double?
    package var connections: Int
    /// Calls in flight on each connection: the number of a closed loop, the limit of an open one.
    package var inFlight: Int
    package var threads: Int
    /// Items of a batch; 1 is no batch.
    package var batch: Int
    package var isTLS: Bool
    package var warmUpSeconds: Double
    /// How long to measure, if that was the limit.
    package var durationSeconds: Double?
    /// How many operations to measure, if that was the limit.
    package var count: UInt64?
    package var accounts: Int
    /// How calls spread over accounts, as `uniform` or `zipf 1.1`.
    package var skew: String
    /// The seed of all randomness.
    package var seed: UInt64
    /// Faults made on purpose; empty if none.
    package var faults: String
    /// Anything else worth showing, by name.
    package var more: [NamedValue]

    package init(
      arguments: [String], scenario: String, mix: [MixPart] = [], loop: Loop, intendedRate: Double? = nil,
      connections: Int, inFlight: Int, threads: Int, batch: Int = 1, isTLS: Bool, warmUpSeconds: Double = 0,
      durationSeconds: Double? = nil, count: UInt64? = nil, accounts: Int, skew: String = "uniform", seed: UInt64,
      faults: String = "", more: [NamedValue] = []
    ) {
      self.arguments = arguments
      self.scenario = scenario
      self.mix = mix
      self.loop = loop
      self.intendedRate = intendedRate
      self.connections = connections
      self.inFlight = inFlight
      self.threads = threads
      self.batch = batch
      self.isTLS = isTLS
      self.warmUpSeconds = warmUpSeconds
      self.durationSeconds = durationSeconds
      self.count = count
      self.accounts = accounts
      self.skew = skew
      self.seed = seed
      self.faults = faults
      self.more = more
    }
  }

  /// Who decides when a call is sent.
  package enum Loop: String, Codable, Sendable {
    /// The answer to the one before.
    case closed
    /// The clock, at equal distances.
    case constant
    /// The clock, at exponentially distributed distances.
    case poisson

    /// Whether the clock decides.
    package var isOpen: Bool { self != .closed }
  }

  /// A part of a mix.
  package struct MixPart: Codable, Equatable, Sendable {
    package var name: String
    package var weight: Double
    package init(name: String, weight: Double) {
      self.name = name
      self.weight = weight
    }
  }

  /// A name and what stands for it.
  package struct NamedValue: Codable, Equatable, Sendable {
    package var name: String
    package var value: String
    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The machine that the harness ran on.
  package struct Machine: Codable, Equatable, Sendable {
    package var host: String
    /// As `Linux 6.1.0 x86_64`.
    package var system: String
    /// Model of the processor.
    package var processor: String
    package var cores: Int
    /// Bytes of memory.
    package var memory: UInt64
    /// Load averages over one minute when the run began and ended; nil where the system does not say.
    package var loadBefore: Double?
    package var loadAfter: Double?

    package init(
      host: String = "", system: String = "", processor: String = "", cores: Int = 0, memory: UInt64 = 0,
      loadBefore: Double? = nil, loadAfter: Double? = nil
    ) {
      self.host = host
      self.system = system
      self.processor = processor
      self.cores = cores
      self.memory = memory
      self.loadBefore = loadBefore
      self.loadAfter = loadAfter
    }
  }

  /// What answered.
  package struct Server: Codable, Equatable, Sendable {
    /// As `127.0.0.1:7421`.
    package var address: String
    /// As it says of itself, as `tollgated 0.1.0`.
    package var version: String
    /// Its process, if it runs on this machine.
    package var pid: Int?
    /// Cipher suite and version of TLS; empty without TLS.
    package var tls: String
    /// Bytes of memory that it held at the end; nil where unknown.
    package var memory: UInt64?

    package init(address: String = "", version: String = "", pid: Int? = nil, tls: String = "", memory: UInt64? = nil) {
      self.address = address
      self.version = version
      self.pid = pid
      self.tls = tls
      self.memory = memory
    }
  }
}
