// Keeps connections up: connects, waits for the end, and connects again, for ever, with growing pauses while it fails.

internal import Logging
internal import NIOCore
internal import Synchronization
internal import TollgateValues
internal import TollgateWire

/// One of these serves all connections of a client; `keep` runs once for each.
final class ConnectionKeeper: Sendable {
  private let configuration: TollgateClientConfiguration
  private let connector: any ClientConnector
  private let group: any EventLoopGroup
  private let pool: ConnectionPool
  private let logger: Logger
  private let sleep: @Sendable (Duration) async throws -> Void
  /// Where each connection leads, to see whether its name still says so.
  private let places = Mutex<[ObjectIdentifier: (endpoint: TollgateClientConfiguration.Endpoint, address: String)]>([:])

  /// - Parameter sleep: how time passes between attempts; tests bring their own.
  init(
    configuration: TollgateClientConfiguration, connector: any ClientConnector, group: any EventLoopGroup,
    pool: ConnectionPool, logger: Logger, sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.configuration = configuration
    self.connector = connector
    self.group = group
    self.pool = pool
    self.logger = logger
    self.sleep = sleep
  }

  /// A connection that ended sooner than this did not succeed: the pauses go on growing.
  private static let successAfter = Duration.seconds(1)

  /// Keeps one connection up until the task is cancelled.
  func keep(_ number: Int) async {
    var backoff = Backoff(configuration.backoff)
    var attempt = Int.random(in: 0..<configuration.endpoints.count) + number
    let clock = ContinuousClock()
    while !Task.isCancelled {
      let endpoint = configuration.endpoints[attempt % configuration.endpoints.count]
      let began = clock.now
      do {
        let connection = try await connect(to: endpoint, number)
        let ending = try await connection.ending.get()
        forget(connection)
        // After a long life the next one begins at once; a drained gate is left for the next endpoint.
        if clock.now - began >= ConnectionKeeper.successAfter {
          backoff.reset()
          if case .draining = ending { attempt += 1 }
          continue
        }
      } catch {
        let failure = ConnectFailure.error(error, to: endpoint)
        pool.connectFailed(failure)
        logger.notice("cannot connect", metadata: ["endpoint": "\(endpoint)", "error": "\(failure)"])
      }
      attempt += 1
      do { try await sleep(backoff.next(random: Double.random(in: 0..<1))) } catch { return }
    }
  }

  /// Looks the names up from time to time, and leaves addresses that they no longer stand for.
  func refreshNames() async {
    while !Task.isCancelled {
      do { try await sleep(configuration.nameRefreshInterval) } catch { return }
      for endpoint in Set(configuration.endpoints) {
        guard let addresses = try? await connector.addresses(of: endpoint), !addresses.isEmpty else { continue }
        let places = places.withLock { $0 }
        for connection in pool.connections {
          guard let place = places[ObjectIdentifier(connection)], place.endpoint == endpoint,
            !addresses.contains(place.address)
          else { continue }
          logger.info("the name moved", metadata: ["endpoint": "\(endpoint)", "left": "\(place.address)"])
          connection.leave()
        }
      }
    }
  }

  private func connect(
    to endpoint: TollgateClientConfiguration.Endpoint, _ number: Int
  ) async throws -> ConnectionHandle {
    let loop = group.next()
    let handle = ConnectionHandle(endpoint: endpoint.description, number: number, loop: loop)
    let hello = Hello(
      clientTime: WallClock.now, clientName: configuration.clientName, clientVersion: configuration.clientVersion)
    let settings = ConnectionSettings(configuration)
    let pool = pool
    do {
      let channel = try await connector.connect(to: endpoint, on: loop) { channel in
        channel.eventLoop.makeCompletedFuture {
          let handler = ConnectionHandler(
            handle: handle, settings: settings, hello: hello, observer: pool, now: channel.eventLoop.now)
          try channel.pipeline.syncOperations.addHandler(handler)
        }
      }
      try await withTaskCancellationHandler {
        try await handle.ready.get()
      } onCancel: {
        channel.close(promise: nil)
      }
      if let address = channel.remoteAddress?.ipAddress {
        places.withLock { $0[ObjectIdentifier(handle)] = (endpoint, address) }
      }
      return handle
    } catch {
      handle.closed(nil)
      throw error
    }
  }

  private func forget(_ connection: ConnectionHandle) {
    _ = places.withLock { $0.removeValue(forKey: ObjectIdentifier(connection)) }
  }
}

extension ConnectionSettings {
  init(_ configuration: TollgateClientConfiguration) {
    self.init(
      callsInFlightMax: configuration.callsInFlightMax,
      pingInterval: configuration.keepalive.interval.map { TimeAmount($0) },
      pingTimeout: TimeAmount(configuration.keepalive.timeout),
      welcomeTimeout: TimeAmount(configuration.connectTimeout))
  }
}
