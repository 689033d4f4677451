// From the public requests to the wire's messages.

internal import TollgateValues
internal import TollgateWire

extension Spend {
  /// The job, or one of zero images where a raw amount is named.
  var wireJob: Job {
    switch self {
    case .job(let job): job
    case .amount: Job(width: 0, height: 0, steps: 0, count: 0, model: 0, quality: Job.Quality(rawValue: 0))
    }
  }

  /// The raw amount, or zero where a job is named.
  var wireAmount: Credits {
    switch self {
    case .job: .zero
    case .amount(let amount): amount
    }
  }
}

extension Take {
  var wireKind: UInt8 {
    switch self {
    case .all: TakeKind.all
    case .amount: TakeKind.amount
    case .images: TakeKind.images
    }
  }

  var wireValue: Int64 {
    switch self {
    case .all: 0
    case .amount(let amount): amount.microcredits
    case .images(let count): Int64(count)
    }
  }
}

extension Take {
  /// Reads what `wireKind` and `wireValue` wrote; nil for anything else.
  init?(wireKind kind: UInt8, value: Int64) {
    switch kind {
    case TakeKind.all: self = .all
    case TakeKind.amount: self = .amount(Credits(microcredits: value))
    case TakeKind.images:
      guard let count = UInt16(exactly: value) else { return nil }
      self = .images(count)
    default: return nil
    }
  }
}

extension AuthorizeRequest {
  init(_ spend: SpendRequest) {
    self.init(
      account: spend.account, job: spend.spend.wireJob, quote: spend.quote, project: spend.project,
      member: spend.member, rawAmount: spend.spend.wireAmount, lifetime: spend.lifetime)
  }
}

extension ChargeRequest {
  init(_ spend: SpendRequest) {
    self.init(
      account: spend.account, job: spend.spend.wireJob, quote: spend.quote, project: spend.project,
      member: spend.member, rawAmount: spend.spend.wireAmount)
  }
}

extension AuthorizeItem {
  init(_ spend: SpendRequest, id: RequestID) {
    self.init(
      request: id, account: spend.account, job: spend.spend.wireJob, quote: spend.quote, project: spend.project,
      member: spend.member, rawAmount: spend.spend.wireAmount, lifetime: spend.lifetime)
  }
}

extension TollgateWire.CaptureRequest {
  init(_ capture: CaptureRequest) {
    self.init(
      hold: capture.hold, takeKind: capture.take.wireKind, closes: capture.closes, allowsExcess: capture.allowsExcess,
      takeValue: capture.take.wireValue)
  }
}

extension CaptureItem {
  init(_ capture: CaptureRequest, id: RequestID) {
    self.init(
      request: id, hold: capture.hold, takeKind: capture.take.wireKind, closes: capture.closes,
      allowsExcess: capture.allowsExcess, takeValue: capture.take.wireValue)
  }
}

extension Cursor {
  init(_ cursor: PageCursor?) { self = cursor.map { Cursor(high: $0.high, low: $0.low) } ?? .zero }

  var page: PageCursor? { isZero ? nil : PageCursor(high: high, low: low) }
}
