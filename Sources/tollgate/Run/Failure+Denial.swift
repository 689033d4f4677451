// A denial, told so that it can be mended: the reason, the numbers behind it, and the commands that would help.

internal import TollgateClient
internal import TollgatePricing
internal import TollgateValues

/// What a refused command was about, to make its remedies concrete.
struct Subject {
  var account: AccountID?
  var hold: HoldID?
  /// The images asked for, if it was a job.
  var count: UInt16?
}

extension Failure {
  /// A refusal of the gate.
  init(_ denial: Denial, id: RequestID?, of subject: Subject) {
    self.init(
      status: .denied, kind: "denied", message: "\(denial.reason): \(denial.message)",
      reason: denial.reason.description, id: id)
    details = [.init(name: "replayed", value: .bool(denial.replayed))] + denial.fields
    remedies = Remedies(denial: denial, subject: subject).lines
  }
}

extension Denial {
  /// The details that this denial fills, for programs.
  var fields: [JSON.Field] {
    let all: [(String, JSON?)] = [
      ("shortfall", shortfall.map { .credits($0) }), ("available", available.map { .credits($0) }),
      ("required", required.map { .credits($0) }),
      ("largestCountThatFits", largestCountThatFits.map { .number($0) }),
      ("smallerSideThatFits", smallerSideThatFits.map { .number($0) }),
      ("priceBook", priceBook.map { .number($0) }), ("left", left.map { .credits($0) }),
      ("imagesLeft", imagesLeft.map { .number($0) }), ("holdExpiredAt", holdExpiredAt.map { .instant($0) }),
      ("holdEnd", holdEnd.map { .string(Hold.State(rawValue: $0.rawValue).description) }),
      ("field", field.map { .string($0.description) }), ("idEarliest", idEarliest.map { .instant($0) }),
      ("idLatest", idLatest.map { .instant($0) }), ("lifetimeMin", lifetimeMin.map { .string($0.description) }),
      ("lifetimeMax", lifetimeMax.map { .string($0.description) }), ("count", count.map { .number($0) }),
      ("priceRefusal", priceRefusal.map { .number($0) }),
      ("quoteRefusal", quoteRefusal.map { .string($0.name) }), ("bound", bound.map { .number($0.rawValue) }),
    ]
    return all.compactMap { name, value in value.map { JSON.Field(name: name, value: $0) } }
  }
}

extension Denial.QuoteRefusal {
  /// For programs.
  var name: String {
    switch self {
    case .expired: "expired"
    case .mismatched: "mismatched"
    case .bookGone: "bookGone"
    case .noBook: "noBook"
    default: "refusal \(rawValue)"
    }
  }
}

/// What would mend a denial, as commands and options of this program.
struct Remedies {
  var denial: Denial
  var subject: Subject

  private var account: String { subject.account?.description ?? "ACCOUNT" }
  private var hold: String { subject.hold?.description ?? "HOLD" }
  /// What is left, if that is anything.
  private var left: Credits? { denial.left.flatMap { $0 > .zero ? $0 : nil } }

  /// One line each; none where nothing but another request helps.
  var lines: [String] {
    switch denial.reason {
    case .insufficientCredits: credits
    case .accountUnknown, .accountFrozen, .accountHasOpenHolds, .accountExists: accounts
    case .holdExpired, .holdNotExpired, .holdUnknown, .holdEnded, .captureExceedsHold, .imagesExceedHold: holds
    case .payloadConflict, .idOutsideWindow: ids
    default: others
    }
  }

  private var credits: [String] {
    var lines: [String] = []
    if let count = denial.largestCountThatFits, count > 0, count < subject.count ?? .max {
      lines.append("--count \(count): so many images of this kind fit now")
    }
    if let side = denial.smallerSideThatFits, side > 0 {
      lines.append("--size \(side)x\(side): at this size all of them fit now")
    }
    if let shortfall = denial.shortfall {
      lines.append("tollgate grant \(account) \(shortfall) …: covers what is missing")
    }
    return lines
  }

  private var accounts: [String] {
    switch denial.reason {
    case .accountUnknown: ["tollgate account open \(account) --reason TEXT"]
    case .accountFrozen: ["tollgate account activate \(account) --reason TEXT"]
    case .accountHasOpenHolds: ["tollgate account holds \(account): capture or void them first"]
    default: ["tollgate account balance \(account): use it as it is"]
    }
  }

  private var holds: [String] {
    switch denial.reason {
    case .holdExpired: ["tollgate capture-late \(hold): charges for the work all the same"]
    case .holdNotExpired: ["tollgate capture \(hold)"]
    case .holdEnded: ["tollgate hold show \(hold): how it ended, and what it took"]
    case .captureExceedsHold:
      (left.map { ["--amount up to \($0), what is left of the hold"] } ?? [])
        + ["--allow-excess: charges what exceeds the hold", "tollgate increase \(hold) …, before the capture"]
    case .imagesExceedHold: denial.imagesLeft.map { ["--images up to \($0), what is left of the hold"] } ?? []
    default: ["check the hold's id; holds that ended are forgotten after a while"]
    }
  }

  private var ids: [String] {
    if denial.reason == .payloadConflict {
      let field = denial.field.map { "the same \($0)" } ?? "the same options"
      return ["without --id, to make a new request", "with \(field), to get the answer to the first one"]
    }
    return ["without --id, so that a fresh one is made (tollgate id prints one)"]
  }

  /// The option at fault; the gate's own price book may differ from those known here, so no values are named.
  private var price: String {
    switch denial.priceRefusal.flatMap({ PriceRefusal(rawValue: $0) }) {
    case .zeroSize, .tooLarge: "another --size: "
    case .unknownModel: "another --model: "
    case .unknownQuality: "another --quality: "
    case .unknownFeature: "without a --feature that is not offered: "
    case .conflictingFeatures: "without one of the --feature that exclude each other: "
    case .countOutOfRange: "another --count: "
    case .stepsOutOfRange: "fewer --steps: "
    case .controlNetsOutOfRange: "fewer --control-nets: "
    case .overflow: "a smaller job: "
    case nil: ""
    }
  }

  private var others: [String] {
    switch denial.reason {
    case .lifetimeOutOfRange:
      if let min = denial.lifetimeMin, let max = denial.lifetimeMax { ["--lifetime from \(min) to \(max)"] } else { [] }
    case .tooManyOpenHolds: ["tollgate account holds \(account): capture or void some first"]
    case .refundExceedsCapture: left.map { ["--amount up to \($0)"] } ?? []
    case .quoteRefused:
      denial.quoteRefusal == .mismatched
        ? ["the account and the very job options of the quote"] : ["tollgate quote \(account) …, for a new one"]
    case .priceRefused: [price + "tollgate pricebook show lists what has a price"]
    default: []
    }
  }
}
