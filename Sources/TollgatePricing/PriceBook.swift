// A price book: an immutable, numbered table of prices with the instant from which it applies.

package import TollgateValues

/// One price book. A class, because books are shared by reference between the shelf, quotes and pricers; nothing in it
/// ever changes. Its only door is `parse`, so every book that exists has been validated.
package final class PriceBook: Sendable {
  /// What the file says.
  package let terms: Terms
  /// The same as tables for pricing.
  package let compiled: PriceTables

  init(_ terms: Terms, features: FeatureTable) {
    self.terms = terms
    compiled = PriceTables(terms, features: features)
  }

  /// The book's number, from 1.
  package var number: UInt32 { terms.number }
  /// What people call the book.
  package var name: String { terms.name }
  /// The instant from which the book is in force, until a later one is.
  package var appliesFrom: Instant { terms.appliesFrom }
  /// Every price of a job is a whole multiple of this.
  package var quantum: Credits { terms.quantum }

  /// The features that the book sells.
  package var offeredFeatures: Job.Features {
    var offered: Job.Features = []
    for (bit, rule) in terms.features.enumerated() where rule != .notOffered {
      offered.insert(Job.Features(rawValue: 1 << UInt32(bit)))
    }
    return offered
  }

  /// The price of the whole job (rules 10 and 11): table-driven, without allocation.
  package func price(_ job: Job) -> Price { Price(encoded: compiled.encodedPrice(of: job)) }

  /// The model of this number, if the book has it.
  package func model(_ number: UInt16) -> Model? { terms.models.first { $0.number == number } }

  /// The smallest tier that holds an image: both of its sides are at most `maxSide`.
  package func tier(width: UInt16, height: UInt16) -> Tier? {
    terms.tiers.first { max(width, height) <= $0.maxSide }
  }
}

extension PriceBook: Hashable {
  package static func == (left: PriceBook, right: PriceBook) -> Bool { left === right || left.terms == right.terms }
  package func hash(into hasher: inout Hasher) { hasher.combine(terms) }
}

extension PriceBook {
  /// Everything that a price book's file says; docs/price-book.md describes each field.
  package struct Terms: Hashable, Sendable {
    package var number: UInt32
    package var name: String
    package var appliesFrom: Instant
    package var quantum: Credits
    package var includedSteps: UInt16
    package var includedControlNets: UInt8
    package var maxima: Maxima
    /// From the smallest to the largest.
    package var tiers: [Tier]
    package var classes: [ModelClass]
    package var models: [Model]
    /// One rule for each of `Job.Features.names`, in that order.
    package var features: [FeatureRule]
    /// Sets of features that cannot be combined.
    package var conflicts: [Job.Features]
    /// For each ControlNet above the included number, per image.
    package var extraControlNet: Credits
    package var extraSteps: ExtraSteps
  }

  /// The most that one job may ask for.
  package struct Maxima: Hashable, Sendable {
    package var images: UInt16
    package var steps: UInt16
    package var controlNets: UInt8
  }

  /// Prices per image of a base model, for images whose sides are both at most `maxSide` pixels.
  package struct Tier: Hashable, Sendable {
    package var maxSide: UInt16
    package var draft: Credits
    package var standard: Credits
    package var high: Credits
  }

  /// How much more a kind of model costs.
  package struct ModelClass: Hashable, Sendable {
    package var name: String
    package var multiplier: Multiplier
  }

  /// A model that jobs name by number.
  package struct Model: Hashable, Sendable {
    package var number: UInt16
    package var name: String
    /// Index into `classes`.
    package var classIndex: Int
  }

  /// What a feature does to the price of an image.
  package enum FeatureRule: Hashable, Sendable {
    case notOffered
    case add(Credits)
    case multiply(Multiplier)
  }

  /// Credits for each started block of steps above the included number, per image.
  package struct ExtraSteps: Hashable, Sendable {
    package var add: Credits
    package var perStarted: UInt16
  }

  /// An exact decimal factor with six decimals.
  package struct Multiplier: Hashable, Sendable, CustomStringConvertible {
    /// Millionths: 1.5 is 1,500,000.
    package var millionths: UInt64
    /// The decimal as people write it: `1.5`.
    package var description: String { Credits(microcredits: Int64(clamping: millionths)).description }
  }

  /// The bounds of what a file may say.
  package enum Bounds {
    package static let fileBytesMax = 1 << 20
    package static let problemsMax = 20
    package static let tiersMax = 64
    package static let classesMax = 64
    package static let modelsMax = 1_024
    package static let conflictsMax = 64
    package static let nameBytesMax = 64
    /// Any single price, and the quantum, in credits.
    package static let priceMax: UInt64 = 1_000_000
    package static let quantumMax: UInt64 = 1_000
    /// Any single multiplier.
    package static let multiplierMax: UInt64 = 1_000
    /// The product of the multipliers of features that may be combined.
    package static let combinedMultiplierMax: UInt64 = 1_000_000
  }
}

extension Job.Features {
  /// The features' names in files and messages, from bit 0.
  package static let names = [
    "imageToImage", "inpainting", "upscale2x", "upscale4x", "faceRestoration", "backgroundRemoval", "priorityQueue",
    "preview",
  ]

  /// The names of a set for people: `preview and upscale2x`, `bit 12`.
  package static func names(of features: Job.Features) -> String {
    var parts: [String] = []
    for bit in 0..<32 where features.rawValue >> UInt32(bit) & 1 == 1 {
      parts.append(bit < names.count ? names[bit] : "feature bit \(bit)")
    }
    guard let last = parts.popLast() else { return "no feature" }
    return parts.isEmpty ? last : parts.joined(separator: ", ") + " and " + last
  }
}
