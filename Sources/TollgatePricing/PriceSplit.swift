// Splits a job's price over its images by largest remainder, so that the parts add up exactly (rule 11).

package import TollgateValues

/// The shares of equal images in one price: each gets the whole quotient, and the first ones a µcr of the remainder.
package enum PriceSplit {
  /// What the first `finished` of `images` cost together. All of them cost exactly `total`, none of them nothing; more
  /// than `images` count as all. A price is never negative, so a negative total is taken as zero.
  package static func amount(of total: Credits, forFirst finished: UInt16, of images: UInt16) -> Credits {
    guard images > 0, total > .zero else { return .zero }
    let first = Int64(min(finished, images))
    let (quotient, remainder) = total.microcredits.quotientAndRemainder(dividingBy: Int64(images))
    return Credits(microcredits: quotient * first + min(first, remainder))
  }

  /// What the image at `index`, from 0, costs.
  package static func amount(of total: Credits, forImage index: UInt16, of images: UInt16) -> Credits {
    guard index < images else { return .zero }
    return amount(of: total, forFirst: index + 1, of: images) - amount(of: total, forFirst: index, of: images)
  }
}
