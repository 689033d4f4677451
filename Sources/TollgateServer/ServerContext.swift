// What all connections of a server share. Lives on the server's event loop.

internal import Logging
internal import NIOCore
internal import NIOTLS
internal import TollgateLedger
internal import TollgateService
internal import TollgateTLS
internal import TollgateValues
internal import TollgateWire

/// The version of this program, as WELCOME and `--version` say it.
package enum TollgateVersion {
  package static let current = "0.1.0"
}

/// Shared by the connections of one event loop.
final class ServerContext {
  let configuration: ServerConfiguration
  let gate: Gate
  let eventLoop: any EventLoop
  let logger: Logger
  let answerContext: AnswerContext
  var health: HealthBoard
  var buffers = BufferPool()
  private(set) var isDraining = false
  private var connections: [UInt64: ServerHandler] = [:]
  /// Connections that have not been welcomed yet.
  private var handshakes: Set<UInt64> = []
  private var refusals = RefusalCounter()
  private var nextIdentifier: UInt64 = 1
  private var random = SystemRandomNumberGenerator()
  let methods = MethodTable()
  /// Told when the last connection has ended.
  var whenEmpty: (() -> Void)?

  init(
    configuration: ServerConfiguration, gate: Gate, eventLoop: any EventLoop, logger: Logger, answers: AnswerContext
  ) {
    self.configuration = configuration
    self.gate = gate
    self.eventLoop = eventLoop
    self.logger = logger
    answerContext = answers
    health = HealthBoard(since: answers.startedAt)
  }

  var connectionCount: Int { connections.count }

  /// A monotonic clock, for durations.
  @inline(__always)
  func nanoseconds() -> UInt64 { NIODeadline.now().uptimeNanoseconds }

  /// The instant and monotonic time at which a read came.
  func arrival() -> CallIntake.Arrival {
    CallIntake.Arrival(instant: gate.nowHere(), nanoseconds: nanoseconds())
  }

  func identifierBits() -> UInt64 { random.next() }

  /// The handler of a new connection, or nil if there are too many.
  func accept() -> ServerHandler? {
    let limits = configuration.connections
    guard connections.count < limits.connectionsMax, handshakes.count < limits.handshakesMax, !isDraining else {
      if let count = refusals.add(at: nanoseconds()) {
        log(connectionsRefused: count, open: connections.count, handshakes: handshakes.count)
      }
      return nil
    }
    defer { nextIdentifier += 1 }
    switch configuration.transport {
    case .plaintext(let everybody):
      return ServerHandler(server: self, identifier: nextIdentifier, identity: everybody, tls: nil)
    case .tls(let source, _):
      let tls = TLSHandler(server: source.current)
      return ServerHandler(server: self, identifier: nextIdentifier, identity: nil, tls: tls)
    }
  }

  func register(_ handler: ServerHandler) {
    connections[handler.identifier] = handler
    handshakes.insert(handler.identifier)
  }

  /// WELCOME is out: the handshake of this connection is over.
  func welcomed(_ handler: ServerHandler) { handshakes.remove(handler.identifier) }

  func unregister(_ handler: ServerHandler) {
    connections.removeValue(forKey: handler.identifier)
    handshakes.remove(handler.identifier)
    if connections.isEmpty { whenEmpty?() }
  }

  func setHealth(_ status: HealthStatus) {
    health.set(status, at: arrival().instant)
    for handler in connections.values { handler.healthChanged() }
  }

  /// Drains all connections; new ones are not taken any more.
  func drain() {
    isDraining = true
    setHealth(.draining)
    for handler in connections.values { handler.drain() }
    if connections.isEmpty { whenEmpty?() }
  }

  /// Ends what is left of a drain that took too long.
  func closeAll() {
    for handler in connections.values { handler.context?.close(promise: nil) }
  }

  func isHandshakeCompleted(_ event: Any) -> Bool {
    if case .handshakeCompleted? = event as? TLSUserEvent { true } else { false }
  }
}

/// Counts connections that were turned away, so that a crowd of them is one line of the log a second.
struct RefusalCounter {
  private var count = 0
  private var saidAt: UInt64?

  /// How many there were since the last line, if it is time for the next one.
  mutating func add(at nanoseconds: UInt64) -> Int? {
    count += 1
    if let saidAt, nanoseconds < saidAt + 1_000_000_000 { return nil }
    saidAt = nanoseconds
    defer { count = 0 }
    return count
  }
}

/// Outbound buffers that keep their memory from commit to commit.
struct BufferPool {
  private var spare: [ByteBuffer] = []
  private static let spareMax = 64
  private static let keptBytesMax = 1 << 20

  mutating func take() -> ByteBuffer { spare.popLast() ?? ByteBufferAllocator().buffer(capacity: 16 << 10) }

  mutating func give(_ buffer: inout ByteBuffer) {
    guard spare.count < BufferPool.spareMax, buffer.capacity <= BufferPool.keptBytesMax else { return }
    buffer.clear()
    spare.append(buffer)
    buffer = ByteBuffer()
  }
}
