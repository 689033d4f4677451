// One remembered request in 56 bytes: its id, a fingerprint of its payload, and its outcome (rule 9).

internal import TollgateValues

/// The operations that are remembered; the numbers are kept in snapshots.
enum OperationCode: UInt8 {
  case openAccount = 1
  case setAccountState = 2
  case grant = 3
  case authorize = 4
  case capture = 5
  case void = 6
  case extend = 7
  case increase = 8
  case charge = 9
  case captureLate = 10
  case refund = 11
}

/// The row of a remembered request. Its layout leaves no padding, so each field is as wide as it must be.
struct RememberedRecord: BitwiseCopyable {
  var high: UInt64
  var low: UInt64
  private var lanesA: UInt64
  /// Numbers of the outcome, by operation or denial.
  var first: Int64
  var second: Int64
  private var lanesB: UInt32
  private var check: UInt32
  var book: UInt32
  private var lanesC: UInt16
  /// Four bits of operation; two of how the hold ended; of a capture one that says that it closed, of an authorize two of
  /// what its hold had captured in the end.
  private var code: UInt8
  /// Zero for success, or else the number of the denial.
  var denial: UInt8

  /// Makes memory of whatever content a row without an outcome: field by field, as what is first put together elsewhere in
  /// small pieces is slow to copy in large ones.
  @inline(__always)
  mutating func begin(_ request: RequestID, _ fingerprint: Fingerprint) {
    high = request.high
    low = request.low
    lanesA = fingerprint.lanes.0
    first = 0
    second = 0
    lanesB = UInt32(truncatingIfNeeded: fingerprint.lanes.1)
    check = fingerprint.check
    book = 0
    lanesC = UInt16(truncatingIfNeeded: fingerprint.lanes.1 >> 32)
    code = fingerprint.operation.rawValue
    denial = 0
  }

  var operation: OperationCode? { OperationCode(rawValue: code & 15) }

  /// Asked of every row of a snapshot, so without making the case.
  @inline(__always)
  var isAuthorize: Bool { code & 15 == OperationCode.authorize.rawValue }

  @inline(__always)
  var isCapture: Bool { code & 15 == OperationCode.capture.rawValue }

  var end: HoldEnd? {
    get { HoldEnd(rawValue: code >> 4 & 3) }
    set { code = code & 0b1100_1111 | (newValue?.rawValue ?? 0) << 4 }
  }

  /// Of an authorize: what its hold had captured when it ended, as far as two bits can say it.
  enum Captured: UInt8 {
    case nothing = 0
    /// The amount of the authorize.
    case all = 1
    /// Something else, which stands apart.
    case other = 2
  }

  var captured: Captured {
    get { isAuthorize ? Captured(rawValue: code >> 6) ?? .nothing : .nothing }
    set { code = code & 0b0011_1111 | newValue.rawValue << 6 }
  }

  var closed: Bool {
    get { code & 64 != 0 }
    set { code = newValue ? code | 64 : code & ~64 }
  }

  /// The first field in which a payload differs from the remembered one, or nil if it is the same.
  func firstDifference(from fingerprint: Fingerprint) -> Field? {
    if code & 15 != fingerprint.operation.rawValue { return .operation }
    let second = UInt64(lanesB) | UInt64(lanesC) << 32
    if lanesA == fingerprint.lanes.0, second == fingerprint.lanes.1 {
      return check == fingerprint.check ? nil : .unnamed
    }
    let differing = lanesA ^ fingerprint.lanes.0
    let lane =
      differing != 0 ? differing.trailingZeroBitCount / 8 : 8 + (second ^ fingerprint.lanes.1).trailingZeroBitCount / 8
    let fields = fingerprint.operation.fields
    return lane < fields.count ? fields[lane] : .unnamed
  }

  /// The row as words, for digests and snapshots.
  @inline(__always)
  func words(capturedAtEnd: Credits) -> EightWords {
    let code = isAuthorize ? code & 0b0011_1111 : code
    return (
      high, low, lanesA, UInt64(bitPattern: first), UInt64(bitPattern: second),
      UInt64(bitPattern: capturedAtEnd.microcredits), UInt64(lanesB) | UInt64(check) << 32,
      UInt64(book) | UInt64(lanesC) << 32 | UInt64(code) << 48 | UInt64(denial) << 56
    )
  }

  /// A row of its words, without the sixth of them; whether they mean something, `outcome` tells.
  init(words: EightWords) {
    (high, low, lanesA) = (words.0, words.1, words.2)
    (first, second) = (Int64(bitPattern: words.3), Int64(bitPattern: words.4))
    lanesB = UInt32(truncatingIfNeeded: words.6)
    check = UInt32(truncatingIfNeeded: words.6 >> 32)
    book = UInt32(truncatingIfNeeded: words.7)
    lanesC = UInt16(truncatingIfNeeded: words.7 >> 32)
    code = UInt8(truncatingIfNeeded: words.7 >> 48) & 0b0111_1111
    denial = UInt8(truncatingIfNeeded: words.7 >> 56)
    if isAuthorize { captured = .nothing }
  }
}

/// A row as snapshots have it.
typealias EightWords = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

/// What idempotency compares: one byte a field, in the order of `fields`, and 32 bits over all of them. Without any key,
/// as it is part of the state that every replica must agree on.
struct Fingerprint {
  var operation: OperationCode
  private(set) var lanes: (UInt64, UInt64) = (0, 0)
  private(set) var check: UInt32 = 0
  private var count: UInt64 = 0

  init(_ operation: OperationCode) { self.operation = operation }

  @inline(__always)
  mutating func add(_ value: UInt64) { take(folded(value ^ 0xA076_1D64_78BD_642F, multiplier)) }

  @inline(__always)
  mutating func add(_ value: Int64) { add(UInt64(bitPattern: value)) }

  @inline(__always)
  mutating func add(_ id: some Identifier) {
    take(folded(id.high ^ 0x8EBC_6AF0_9C88_C6E3, id.low ^ multiplier) ^ id.high &+ id.low)
  }

  /// Of another number for each field, so that equal values in two fields do not look alike.
  @inline(__always)
  private var multiplier: UInt64 { 0xE703_7ED1_A0B4_28DB ^ (count &* 0x9E37_79B9_7F4A_7C15) }

  /// One byte for the field, and all bits into the sum.
  @inline(__always)
  private mutating func take(_ mixed: UInt64) {
    add(check: mixed)
    let lane = mixed & 0xFF
    if count < 8 { lanes.0 |= lane << (count * 8) } else { lanes.1 |= lane << (count * 8 - 64) }
    count += 1
  }

  @inline(__always)
  private mutating func add(check mixed: UInt64) {
    check = (check << 7 | check >> 25) ^ UInt32(truncatingIfNeeded: mixed >> 24)
  }

  /// All eight fields of a job at once, as most requests carry one: their bytes folded side by side, their bits into the sum
  /// by one product.
  @inline(__always)
  mutating func add(_ job: Job) {
    let sizes =
      UInt64(job.width) | UInt64(job.height) << 16 | UInt64(job.steps) << 32 | UInt64(job.count) << 48
    let features = job.features.rawValue
    let rest =
      UInt64(job.model) | UInt64(job.quality.rawValue) << 16 | UInt64(job.controlNets) << 32
      | UInt64(UInt16(truncatingIfNeeded: features ^ features >> 16)) << 48
    add(check: folded(sizes ^ 0xA076_1D64_78BD_642F, rest ^ UInt64(features) << 24 ^ multiplier) ^ sizes &+ rest)
    let bytes = Fingerprint.bytes(sizes) | Fingerprint.bytes(rest) << 32
    if count < 8 {
      lanes.0 |= bytes << (count * 8)
      if count > 0 { lanes.1 |= bytes >> (64 - count * 8) }
    } else {
      lanes.1 |= bytes << (count * 8 - 64)
    }
    count += 8
  }

  /// Four words of 16 bits, each folded to a byte, side by side.
  @inline(__always)
  private static func bytes(_ words: UInt64) -> UInt64 {
    let low: UInt64 = 0x00FF_00FF_00FF_00FF
    let high = words >> 8 & low
    let folded = (words ^ high << 3 ^ high >> 5) & low
    let pairs = (folded | folded >> 8) & 0x0000_FFFF_0000_FFFF
    return (pairs | pairs >> 16) & 0xFFFF_FFFF
  }

  mutating func add(_ text: String) {
    let sum = Checksum.over(Array(text.utf8))
    add(sum.high ^ sum.low)
  }

  @inline(__always)
  mutating func add(_ take: Take) {
    switch take {
    case .all: add(UInt64.max)
    case .amount(let credits):
      add(folded(UInt64(bitPattern: credits.microcredits) ^ 0x1D8E_4E27_C47D_124F, 0xEB44_ACCA_B455_D165))
    case .images(let count): add(UInt64(count) | 1 << 40)
    }
  }
}

extension OperationCode {
  /// The fields that a fingerprint holds, in its order, which is that of `Field`.
  var fields: [Field] {
    let job: [Field] = [
      .jobWidth, .jobHeight, .jobSteps, .jobCount, .jobModel, .jobQuality, .jobControlNets, .jobFeatures,
    ]
    return switch self {
    case .openAccount: [.account, .actor, .reason]
    case .setAccountState: [.account, .state, .actor, .reason]
    case .grant: [.account, .amount, .source, .effective, .expires, .priority, .pricePaid, .actor, .reason]
    case .authorize: [.account, .amount] + job + [.quote, .lifetime, .project, .member]
    case .charge: [.account, .amount] + job + [.quote, .project, .member]
    case .capture: [.hold, .take, .closes, .allowsExcess]
    case .void: [.hold]
    case .extend: [.hold, .lifetime]
    case .increase: [.hold, .amount] + job
    case .captureLate: [.hold, .take]
    case .refund: [.account, .amount, .entry, .actor, .reason]
    }
  }
}
