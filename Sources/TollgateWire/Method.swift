// The methods: their numbers, who may call them, and which messages they carry. Server, client, describe and
// PROTOCOL.md all read this one table.

/// A method's number. Unknown numbers are kept, and answered UNIMPLEMENTED.
@usableFromInline
package struct Method: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var rawValue: UInt16
  @inlinable package init(rawValue: UInt16) { self.rawValue = rawValue }

  @inlinable package static var serverInfo: Method { Method(rawValue: 1) }
  @inlinable package static var describe: Method { Method(rawValue: 2) }
  @inlinable package static var health: Method { Method(rawValue: 3) }
  @inlinable package static var healthWatch: Method { Method(rawValue: 4) }
  @inlinable package static var openAccount: Method { Method(rawValue: 10) }
  @inlinable package static var setAccountState: Method { Method(rawValue: 11) }
  @inlinable package static var grant: Method { Method(rawValue: 12) }
  @inlinable package static var balance: Method { Method(rawValue: 13) }
  @inlinable package static var quote: Method { Method(rawValue: 14) }
  @inlinable package static var quoteBatch: Method { Method(rawValue: 15) }
  @inlinable package static var authorize: Method { Method(rawValue: 20) }
  @inlinable package static var authorizeBatch: Method { Method(rawValue: 21) }
  @inlinable package static var capture: Method { Method(rawValue: 22) }
  @inlinable package static var captureBatch: Method { Method(rawValue: 23) }
  @inlinable package static var void: Method { Method(rawValue: 24) }
  @inlinable package static var extend: Method { Method(rawValue: 25) }
  @inlinable package static var increase: Method { Method(rawValue: 26) }
  @inlinable package static var charge: Method { Method(rawValue: 27) }
  @inlinable package static var captureLate: Method { Method(rawValue: 28) }
  @inlinable package static var refund: Method { Method(rawValue: 29) }
  @inlinable package static var getHold: Method { Method(rawValue: 30) }
  @inlinable package static var listHolds: Method { Method(rawValue: 31) }
  @inlinable package static var entries: Method { Method(rawValue: 32) }
}

/// Who calls: the role in the client certificate's URI. Unknown numbers are kept, and may call nothing but health.
package struct Role: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  package var rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let none = Role(rawValue: 0)
  package static let worker = Role(rawValue: 1)
  package static let billing = Role(rawValue: 2)
  package static let auditor = Role(rawValue: 3)
  package static let admin = Role(rawValue: 4)

  private static let names = ["none", "worker", "billing", "auditor", "admin"]

  /// The role of a name as it stands in the certificate's URI; nil for an unknown name, and for `none`.
  package init?(name: some StringProtocol) {
    guard let index = Role.names.firstIndex(where: { $0 == name }), index > 0 else { return nil }
    self.init(rawValue: UInt8(index))
  }

  package var name: String { Int(rawValue) < Role.names.count ? Role.names[Int(rawValue)] : "role \(rawValue)" }
}

/// A set of roles: bit r stands for role r.
package struct Roles: OptionSet, Hashable, Sendable, BitwiseCopyable {
  package var rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }
  package init(_ role: Role) { rawValue = role.rawValue < 16 ? 1 << role.rawValue : 0 }

  package static let worker = Roles(.worker)
  package static let billing = Roles(.billing)
  package static let auditor = Roles(.auditor)
  package static let admin = Roles(.admin)
  package static let anybody: Roles = [Roles(.none), .worker, .billing, .auditor, .admin]
  package static let everyRole: Roles = [.worker, .billing, .auditor, .admin]

  /// One shift: this is asked for every request.
  @inlinable @inline(__always)
  package func contains(_ role: Role) -> Bool {
    role.rawValue < 16 && rawValue >> UInt16(role.rawValue) & 1 == 1
  }
}

/// How a method is answered.
package enum MethodKind: UInt8, Sendable {
  /// One RESPONSE.
  case unary = 0
  /// One RESPONSE that holds a result for each item.
  case batch = 1
  /// ITEMs as far as credit goes, then one RESPONSE.
  case stream = 2
}

/// A row of the table of methods.
package struct MethodRow: Sendable {
  package var method: Method
  package var name: String
  package var versionMin: UInt16
  package var versionMax: UInt16
  package var kind: MethodKind
  /// Changes the ledger: its REQUEST (of a batch: each item) carries an idempotency id.
  package var mutates: Bool
  package var roles: Roles
  package var request: any WireMessage.Type
  package var reply: any WireMessage.Type

  init(
    _ method: Method, _ name: String, _ kind: MethodKind = .unary, mutates: Bool = false, roles: Roles,
    _ request: any WireMessage.Type, _ reply: any WireMessage.Type
  ) {
    self.method = method
    self.name = name
    versionMin = 1
    versionMax = 1
    self.kind = kind
    self.mutates = mutates
    self.roles = roles
    self.request = request
    self.reply = reply
  }
}

extension Method {
  private static let spenders: Roles = [.worker, .billing, .admin]
  private static let workers: Roles = [.worker, .admin]
  private static let billers: Roles = [.billing, .admin]

  /// Roles that may charge a raw amount (rule 10); a method's own roles must allow the call besides.
  package static let rawAmountRoles: Roles = billers

  /// Every method, by ascending number.
  package static let table: [MethodRow] = [
    MethodRow(.serverInfo, "serverInfo", roles: .everyRole, EmptyMessage.self, ServerInfoReply.self),
    MethodRow(.describe, "describe", roles: .everyRole, EmptyMessage.self, DescribeReply.self),
    MethodRow(.health, "health", roles: .anybody, HealthRequest.self, HealthReply.self),
    MethodRow(.healthWatch, "healthWatch", .stream, roles: .anybody, HealthRequest.self, HealthReply.self),
    MethodRow(.openAccount, "openAccount", mutates: true, roles: billers, OpenAccountRequest.self, EmptyMessage.self),
    MethodRow(
      .setAccountState, "setAccountState", mutates: true, roles: billers, SetAccountStateRequest.self,
      SetAccountStateReply.self),
    MethodRow(.grant, "grant", mutates: true, roles: billers, GrantRequest.self, GrantReply.self),
    MethodRow(.balance, "balance", roles: .everyRole, BalanceRequest.self, BalanceReply.self),
    MethodRow(.quote, "quote", roles: .everyRole, QuoteRequest.self, QuoteReply.self),
    MethodRow(.quoteBatch, "quoteBatch", .batch, roles: .everyRole, QuoteBatchRequest.self, QuoteBatchReply.self),
    MethodRow(.authorize, "authorize", mutates: true, roles: spenders, AuthorizeRequest.self, AuthorizeReply.self),
    MethodRow(
      .authorizeBatch, "authorizeBatch", .batch, mutates: true, roles: spenders, AuthorizeBatchRequest.self,
      AuthorizeBatchReply.self),
    MethodRow(.capture, "capture", mutates: true, roles: workers, CaptureRequest.self, CaptureReply.self),
    MethodRow(
      .captureBatch, "captureBatch", .batch, mutates: true, roles: workers, CaptureBatchRequest.self,
      CaptureBatchReply.self),
    MethodRow(.void, "void", mutates: true, roles: spenders, VoidRequest.self, VoidReply.self),
    MethodRow(.extend, "extend", mutates: true, roles: workers, ExtendRequest.self, ExtendReply.self),
    MethodRow(.increase, "increase", mutates: true, roles: workers, IncreaseRequest.self, IncreaseReply.self),
    MethodRow(.charge, "charge", mutates: true, roles: spenders, ChargeRequest.self, ChargeReply.self),
    MethodRow(
      .captureLate, "captureLate", mutates: true, roles: workers, CaptureLateRequest.self, CaptureLateReply.self),
    MethodRow(.refund, "refund", mutates: true, roles: billers, RefundRequest.self, RefundReply.self),
    MethodRow(.getHold, "getHold", roles: .everyRole, GetHoldRequest.self, HoldView.self),
    MethodRow(.listHolds, "listHolds", roles: .everyRole, ListHoldsRequest.self, ListHoldsReply.self),
    MethodRow(
      .entries, "entries", roles: [.billing, .auditor, .admin], EntriesRequest.self, EntriesReply.self),
  ]

  /// The row of a method, by index: numbers are small, so that a look-up on the hot path is one load.
  private static let rowOfNumber: [Int8] = {
    var rows = [Int8](repeating: -1, count: 64)
    for (index, row) in table.enumerated() { rows[Int(row.method.rawValue)] = Int8(index) }
    return rows
  }()

  /// This method's row, or nil if the number is unknown.
  package var row: MethodRow? {
    let number = Int(rawValue)
    guard number < Method.rowOfNumber.count, Method.rowOfNumber[number] >= 0 else { return nil }
    return Method.table[Int(Method.rowOfNumber[number])]
  }

  package var name: String { row?.name ?? "method \(rawValue)" }
}

/// A method with the types of its messages, for callers: `Call.authorize`.
package struct Call<Request: WireMessage, Reply: WireMessage>: Sendable {
  package let method: Method

  package init(_ method: Method) { self.method = method }
}

extension Call where Request == EmptyMessage, Reply == ServerInfoReply {
  package static var serverInfo: Self { Self(.serverInfo) }
}
extension Call where Request == EmptyMessage, Reply == DescribeReply {
  package static var describe: Self { Self(.describe) }
}
extension Call where Request == HealthRequest, Reply == HealthReply {
  package static var health: Self { Self(.health) }
  package static var healthWatch: Self { Self(.healthWatch) }
}
extension Call where Request == OpenAccountRequest, Reply == EmptyMessage {
  package static var openAccount: Self { Self(.openAccount) }
}
extension Call where Request == SetAccountStateRequest, Reply == SetAccountStateReply {
  package static var setAccountState: Self { Self(.setAccountState) }
}
extension Call where Request == GrantRequest, Reply == GrantReply {
  package static var grant: Self { Self(.grant) }
}
extension Call where Request == BalanceRequest, Reply == BalanceReply {
  package static var balance: Self { Self(.balance) }
}
extension Call where Request == QuoteRequest, Reply == QuoteReply {
  package static var quote: Self { Self(.quote) }
}
extension Call where Request == QuoteBatchRequest, Reply == QuoteBatchReply {
  package static var quoteBatch: Self { Self(.quoteBatch) }
}
extension Call where Request == AuthorizeRequest, Reply == AuthorizeReply {
  package static var authorize: Self { Self(.authorize) }
}
extension Call where Request == AuthorizeBatchRequest, Reply == AuthorizeBatchReply {
  package static var authorizeBatch: Self { Self(.authorizeBatch) }
}
extension Call where Request == CaptureRequest, Reply == CaptureReply {
  package static var capture: Self { Self(.capture) }
}
extension Call where Request == CaptureBatchRequest, Reply == CaptureBatchReply {
  package static var captureBatch: Self { Self(.captureBatch) }
}
extension Call where Request == VoidRequest, Reply == VoidReply {
  package static var void: Self { Self(.void) }
}
extension Call where Request == ExtendRequest, Reply == ExtendReply {
  package static var extend: Self { Self(.extend) }
}
extension Call where Request == IncreaseRequest, Reply == IncreaseReply {
  package static var increase: Self { Self(.increase) }
}
extension Call where Request == ChargeRequest, Reply == ChargeReply {
  package static var charge: Self { Self(.charge) }
}
extension Call where Request == CaptureLateRequest, Reply == CaptureLateReply {
  package static var captureLate: Self { Self(.captureLate) }
}
extension Call where Request == RefundRequest, Reply == RefundReply {
  package static var refund: Self { Self(.refund) }
}
extension Call where Request == GetHoldRequest, Reply == HoldView {
  package static var getHold: Self { Self(.getHold) }
}
extension Call where Request == ListHoldsRequest, Reply == ListHoldsReply {
  package static var listHolds: Self { Self(.listHolds) }
}
extension Call where Request == EntriesRequest, Reply == EntriesReply {
  package static var entries: Self { Self(.entries) }
}
