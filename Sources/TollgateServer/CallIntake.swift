// The hot half of a connection: sorts what a read brought into a batch, and writes what came of it.

internal import NIOCore
internal import TollgateLedger
internal import TollgateService
internal import TollgateValues
internal import TollgateWire

/// A struct that the handler enters once a read, so that no call pays for exclusivity checks or reference counts.
/// What is not of the hot path it hands back to the handler, call by call.
struct CallIntake {
  var connection: ServerConnection
  var decoder = FrameDecoder()
  var replies: ReplyWriter
  /// Who calls: no role before WELCOME.
  var role = Role.none
  var batch = CallBatch()
  var slots: [CallSlot] = []
  /// Answers of the commit at hand.
  var outbound = ByteBuffer()
  /// When the read at hand came, for deadlines and for the time that answers say.
  var arrival = Arrival(instant: .epoch, nanoseconds: 0)
  private let methods: MethodTable
  private let deadlineMax: TimeSpan

  struct Arrival {
    var instant: Instant
    var nanoseconds: UInt64
  }

  /// Why a read is not worked off any further by itself.
  enum Stop {
    /// No whole frame is left.
    case end
    /// A frame that is not a call: what the connection makes of it.
    case control(ServerConnection.Action, Frame)
    /// A call of a method that is not frequent.
    case rare(RequestHead, MessagePlace, call: UInt64)
    /// A call that this role may not make, or that nobody knows.
    case refused(RequestHead, call: UInt64)
    /// A call whose fields are wrong: not processed.
    case invalid(any Error, call: UInt64)
    case broken(WireError)
  }

  init(connection: ServerConnection, frameBytesMax: Int, methods: MethodTable, deadlineMax: TimeSpan) {
    self.connection = connection
    self.methods = methods
    self.deadlineMax = deadlineMax
    replies = ReplyWriter(frameBytesMax: frameBytesMax)
  }

  /// Takes whole frames from `position` on, until something comes that the handler must see to.
  mutating func take(_ bytes: RawSpan, at position: inout Int) -> Stop {
    do throws(WireError) {
      while let frame = try decoder.next(in: bytes, at: &position) {
        if !frame.type.isRequest || !connection.admits(frame.call) {
          let second = Int64(arrival.nanoseconds / 1_000_000_000)
          let action = connection.received(frame.type, call: frame.call, second: second)
          guard case .call = action else { return .control(action, frame) }
        }
        if let stop = try takeCall(bytes, frame) { return stop }
      }
      return .end
    } catch {
      return .broken(error)
    }
  }

  @inline(__always)
  private mutating func takeCall(_ bytes: RawSpan, _ frame: Frame) throws(WireError) -> Stop? {
    let (head, place) = try frame.requestHead(in: bytes)
    let method = methods[head.method]
    guard method.roles.contains(role), head.version == 1 else { return .refused(head, call: frame.call) }
    do {
      switch method.path {
      case .authorize:
        let request = try place.message(AuthorizeRequest.self, in: bytes)
        try judge(request.rawAmount)
        add(.authorize(Authorize(spend: Spend(request), lifetime: request.lifetime)), head, frame.call)
      case .capture: add(.capture(try Capture(try place.message(CaptureRequest.self, in: bytes))), head, frame.call)
      case .void: add(.void(VoidHold(hold: try place.message(VoidRequest.self, in: bytes).hold)), head, frame.call)
      case .extend:
        let request = try place.message(ExtendRequest.self, in: bytes)
        add(.extend(Extend(hold: request.hold, lifetime: request.lifetime)), head, frame.call)
      case .charge:
        let request = try place.message(ChargeRequest.self, in: bytes)
        try judge(request.rawAmount)
        add(.charge(Charge(spend: Spend(request))), head, frame.call)
      case .rare: return .rare(head, place, call: frame.call)
      }
      return nil
    } catch {
      return .invalid(error, call: frame.call)
    }
  }

  /// Only some roles may name an amount instead of a job.
  @inline(__always)
  private func judge(_ rawAmount: Credits) throws(RequestError) {
    guard rawAmount.microcredits == 0 || Method.rawAmountRoles.contains(role) else {
      throw .permission(role, needed: Method.rawAmountRoles)
    }
  }

  @inline(__always)
  mutating func add(_ operation: PlainOperation, _ head: RequestHead, _ call: UInt64) {
    add(Command(request: head.request, plain: operation), head, call)
  }

  mutating func add(rare operation: Operation, _ head: RequestHead, _ call: UInt64) {
    add(Command(request: head.request, operation: operation), head, call)
  }

  @inline(__always)
  private mutating func add(_ command: consuming Command, _ head: RequestHead, _ call: UInt64) {
    slots.append(CallSlot(call: call, first: batch.commands.count, count: 1, kind: .command))
    batch.commands.append(command)
    batch.deadlines.append(deadline(of: head))
  }

  mutating func add(_ query: Query, _ head: RequestHead, _ call: UInt64) {
    slots.append(CallSlot(call: call, first: batch.queries.count, count: 1, kind: .query))
    batch.queries.append(QueryCall(token: call, deadline: deadline(of: head), query: query))
  }

  /// When a call is too late to be decided.
  @inline(__always)
  func deadline(of head: RequestHead) -> Instant {
    guard head.timeoutMicroseconds != 0 else { return arrival.instant.advanced(by: deadlineMax) }
    return arrival.instant.advanced(by: min(.microseconds(Int64(head.timeoutMicroseconds)), deadlineMax))
  }

  /// Answers a call that was not processed.
  mutating func refuse(_ refusal: Refusal, call: UInt64) {
    replies.refuse(refusal, call: call, to: &outbound)
    connection.answered()
  }
}

/// What the table of methods says, by number, so that a request costs one load.
struct MethodTable {
  struct Row {
    var roles: Roles
    var path: Path
  }

  /// The methods that the intake takes by itself.
  enum Path {
    case authorize
    case capture
    case void
    case extend
    case charge
    case rare
  }

  private let rows: [Row]
  private static let unknown = Row(roles: Roles(rawValue: 0), path: .rare)

  init() {
    var rows = [Row](repeating: MethodTable.unknown, count: 1 + Int(Method.table.map(\.method.rawValue).max() ?? 0))
    for row in Method.table { rows[Int(row.method.rawValue)] = Row(roles: row.roles, path: Path(row.method)) }
    self.rows = rows
  }

  @inline(__always)
  subscript(method: Method) -> Row {
    Int(method.rawValue) < rows.count ? rows[Int(method.rawValue)] : MethodTable.unknown
  }
}

extension MethodTable.Path {
  fileprivate init(_ method: Method) {
    self =
      switch method {
      case .authorize: .authorize
      case .capture: .capture
      case .void: .void
      case .extend: .extend
      case .charge: .charge
      default: .rare
      }
  }
}
