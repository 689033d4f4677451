// What a job costs, or why the price book has no price for it: an outcome, never a thrown error.

package import TollgateValues

/// The price of a job under one price book.
package enum Price: Hashable, Sendable {
  /// Credits for the whole job, already rounded up to the book's quantum.
  case amount(Credits)
  /// The book has no price for such a job.
  case refused(PriceRefusal)

  /// The amount, or nil of a refusal.
  package var credits: Credits? {
    if case .amount(let credits) = self { credits } else { nil }
  }

  /// One word for columns of prices: micro-credits, or the refusal's code below zero.
  package var encoded: Int64 {
    switch self {
    case .amount(let credits): credits.microcredits
    case .refused(let refusal): -Int64(refusal.rawValue)
    }
  }

  /// The price of its encoded word. Words come from a pricer, so one that means nothing is a fault of ours.
  @inline(__always)
  package init(encoded: Int64) {
    if encoded >= 0 {
      self = .amount(Credits(microcredits: encoded))
    } else {
      guard let refusal = PriceRefusal(rawValue: UInt8(clamping: encoded.magnitude)) else {
        preconditionFailure("\(encoded) is neither a price nor the code of a refusal")
      }
      self = .refused(refusal)
    }
  }
}

/// Why a job has no price. The codes travel on the wire: never renumber one. When several apply, the lowest code wins.
package enum PriceRefusal: UInt8, CaseIterable, Hashable, Sendable {
  /// The width or the height is zero.
  case zeroSize = 1
  /// The longer side exceeds the largest tier.
  case tooLarge = 2
  /// The book has no model of this number.
  case unknownModel = 3
  /// The book has no price for this quality.
  case unknownQuality = 4
  /// A feature that nobody knows, or that this book does not offer.
  case unknownFeature = 5
  /// Two features that the book does not sell together.
  case conflictingFeatures = 6
  /// No image at all, or more than one job may have.
  case countOutOfRange = 7
  /// More steps than one job may have.
  case stepsOutOfRange = 8
  /// More ControlNets than one job may have.
  case controlNetsOutOfRange = 9
  /// The price would exceed `Credits.amountMax`.
  case overflow = 10

  /// The job's field at fault.
  package var field: JobField {
    switch self {
    case .zeroSize, .tooLarge: .size
    case .unknownModel: .model
    case .unknownQuality: .quality
    case .unknownFeature, .conflictingFeatures: .features
    case .countOutOfRange: .count
    case .stepsOutOfRange: .steps
    case .controlNetsOutOfRange: .controlNets
    case .overflow: .job
    }
  }
}

/// The fields of a job that a refusal may name. The numbers travel on the wire: never renumber one.
package enum JobField: UInt8, CaseIterable, Hashable, Sendable {
  /// Width and height together.
  case size = 1
  case steps = 2
  case count = 3
  case model = 4
  case quality = 5
  case controlNets = 6
  case features = 7
  /// No single field: the job as a whole.
  case job = 8
}

extension PriceBook {
  /// One sentence for people: what is wrong with the job, and what this book would accept.
  package func message(for refusal: PriceRefusal, of job: Job) -> String {
    let size = "\(job.width)×\(job.height)"
    switch refusal {
    case .zeroSize: return "an image of \(size) has no pixels: width and height begin at 1"
    case .tooLarge:
      let side = compiled.longestSide
      return "\(size) exceeds the largest tier, \(side)×\(side)"
    case .unknownModel: return "price book \(number) has no model \(job.model)"
    case .unknownQuality: return "quality \(job.quality.rawValue) is unknown: 0 is draft, 1 standard, 2 high"
    case .unknownFeature:
      return "price book \(number) does not offer \(Job.Features.names(of: job.features.subtracting(offeredFeatures)))"
    case .conflictingFeatures:
      let conflict = terms.conflicts.first { job.features.isSuperset(of: $0) } ?? job.features
      return "\(Job.Features.names(of: conflict)) cannot be combined"
    case .countOutOfRange: return "\(job.count) images in one job: from 1 to \(terms.maxima.images) are possible"
    case .stepsOutOfRange: return "\(job.steps) steps: at most \(terms.maxima.steps) are possible"
    case .controlNetsOutOfRange:
      return "\(job.controlNets) ControlNets: at most \(terms.maxima.controlNets) are possible"
    case .overflow: return "the price exceeds \(Credits.amountMax) credits"
    }
  }
}
