// One well-filled frame for every message: what the golden vectors hold, and what the mutations start from.

import TollgateValues

@testable import TollgateWire

/// A named frame.
struct Sample {
  var group: String
  var name: String
  /// The method whose reply a RESPONSE or ITEM carries.
  var method: Method
  var frame: AnyFrame

  init(_ group: String, _ name: String, _ frame: AnyFrame) {
    self.init(group, name, Method(rawValue: 0), frame)
  }

  init(_ group: String, _ name: String, _ method: Method, _ frame: AnyFrame) {
    self.group = group
    self.name = name
    self.method = method
    self.frame = frame
  }
}

enum Samples {
  static let now = Instant(nanoseconds: 1_795_363_200_123_456_789)
  static let account = AccountID(high: 0x0193_5a60_0000_7abc, low: 0x8123_4567_89ab_cdef)
  static let request = RequestID(high: 0x01a2_04b3_c4d5_7e6f, low: 0x9011_2233_4455_6677)
  static let secondRequest = RequestID(high: 0x01a2_04b3_c4d6_7e70, low: 0x9011_2233_4455_6678)
  static let lot = LotID(high: 0x01a2_0000_0001_7001, low: 0xa000_0000_0000_0001)
  static let quote = QuoteID(high: 0x6b02_1f00_0000_0001, low: 0x1122_3344_5566_7788)
  static let project = ProjectID(high: 0x1111_2222_3333_4444, low: 0x5555_6666_7777_8888)
  static let member = MemberID(high: 0x9999_aaaa_bbbb_cccc, low: 0xdddd_eeee_ffff_0001)
  static let job = Job(
    width: 1024, height: 768, steps: 30, count: 4, model: 2, quality: .high, controlNets: 1,
    features: [.inpainting, .upscale2x])
  static let trace = TraceContext(
    traceHigh: 0x0af7_6519_16cd_43dd, traceLow: 0x8448_eb21_1c80_319c, span: 0xb7ad_6b71_6920_3331, flags: 1)
  static let cursor = Cursor(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10)
  static func credits(_ text: String) -> Credits { Credits(text) ?? .zero }

  static func call(_ group: String, _ method: Method, _ message: any WireMessage) -> Sample {
    let head = RequestHead(
      method: method, timeoutMicroseconds: 2_500_000,
      request: method.row?.mutates == true && method.row?.kind != .batch ? request : .zero, trace: trace, attempt: 1,
      credit: method.row?.kind == .stream ? 8 : 0)
    return Sample(group, "\(method.name)Request", method, .request(head, call: 7, message))
  }

  static func reply(_ group: String, _ method: Method, _ message: any WireMessage) -> Sample {
    let flags: ResponseFlags = method.row?.mutates == true ? .replayed : []
    let head = ResponseHead(outcome: .done, flags: flags, serverMicroseconds: 412)
    return Sample(group, "\(method.name)Reply", method, .reply(head, call: 7, message))
  }

  static let all: [Sample] =
    handshake + connection + server + accounts + quotes + authorizes + captures + holds + corrections + books + errors

  static let handshake: [Sample] = [
    Sample(
      "handshake", "hello",
      .block(
        .hello, call: 0,
        Hello(
          minorMin: 0, minorMax: 1, features: 0, frameBytes: 1 << 20, callsInFlight: 1024, clientTime: now,
          clientName: "tollgate-swift", clientVersion: "0.1.0"))),
    Sample(
      "handshake", "welcome",
      .block(
        .welcome, call: 0,
        Welcome(
          minor: 0, role: Role.worker.rawValue, features: 0, connection: 42, serverTime: now, callsInFlight: 1024,
          deadlineMax: .seconds(60), pingIntervalMin: .seconds(10), idleTimeout: .minutes(5),
          serverName: "tollgated", serverVersion: "0.1.0",
          identity: "spiffe://tollgate.dev/tollgate/worker/render-1",
          methods: Array(Method.versions.prefix(3))))),
  ]

  static let connection: [Sample] = [
    Sample("connection", "ping", .block(.ping, call: 0, Ping(token: 0x0102_0304_0506_0708))),
    Sample("connection", "pong", .block(.pong, call: 0, Ping(token: 0x0102_0304_0506_0708))),
    Sample(
      "connection", "goAway",
      .block(
        .goAway, call: 0,
        GoAway(
          lastCall: 99, graceMilliseconds: 30_000, reason: GoAwayReason.shutdown.rawValue, message: "shutting down"))),
    Sample(
      "connection", "connectionError",
      .block(
        .connectionError, call: 0,
        ConnectionError(
          code: ConnectionErrorCode.frameTooLong.rawValue, lastCall: 99, message: "a frame of 2097152 bytes"))),
    Sample(
      "connection", "settings",
      .block(
        .settings, call: 0,
        Settings(callsInFlight: 256, batchItems: 1_000, deadlineMax: .seconds(30), pingIntervalMin: .seconds(20)))),
    Sample(
      "connection", "cancel", .block(.cancel, call: 7, Cancel(reason: CancelReason.deadline.rawValue))),
    Sample("connection", "credit", .block(.credit, call: 7, Credit(items: 16))),
    Sample("connection", "unimplemented", .block(.unimplemented, call: 7, Unimplemented(frameType: 0x1f))),
  ]

  static let server: [Sample] = [
    call("server", .serverInfo, EmptyMessage()),
    reply(
      "server", .serverInfo,
      ServerInfoReply(
        serverTime: now, startedAt: Instant(nanoseconds: 1_795_300_000_000_000_000), book: 1,
        bookAppliesFrom: Instant(nanoseconds: 1_767_225_600_000_000_000),
        instance: InstanceID(high: 0x01a2_0000_0000_7000, low: 0x8000_0000_0000_0009), commits: 123_456,
        version: "0.1.0", journal: "sqlite")),
    call("server", .describe, EmptyMessage()),
    reply(
      "server", .describe,
      DescribeReply(
        methods: [DescribeReply.current.methods[10]],
        messages: DescribeReply.current.messages.filter { $0.name == "Cancel" || $0.name == "Ping" })),
    call("server", .health, HealthRequest(service: "ledger")),
    reply("server", .health, HealthReply(status: HealthStatus.serving.rawValue, since: now)),
    call("server", .healthWatch, HealthRequest(service: "")),
    Sample(
      "server", "healthWatchItem", .healthWatch,
      .item(
        ItemHead(sequence: 3), call: 7, HealthReply(status: HealthStatus.draining.rawValue, since: now))),
    reply("server", .healthWatch, EmptyMessage()),
  ]
}
