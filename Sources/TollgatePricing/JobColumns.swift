// Jobs and prices as columns, one array a field: the shape in which a batch is priced.

package import TollgateValues

/// A batch of jobs, field by field. All columns have `count` rows.
package struct JobColumns: Sendable {
  package private(set) var width: [UInt16] = []
  package private(set) var height: [UInt16] = []
  package private(set) var steps: [UInt16] = []
  package private(set) var images: [UInt16] = []
  package private(set) var model: [UInt16] = []
  package private(set) var quality: [UInt8] = []
  package private(set) var controlNets: [UInt8] = []
  package private(set) var features: [UInt32] = []

  /// An empty batch with room for `capacity` jobs.
  package init(reserving capacity: Int = 0) {
    width.reserveCapacity(capacity)
    height.reserveCapacity(capacity)
    steps.reserveCapacity(capacity)
    images.reserveCapacity(capacity)
    model.reserveCapacity(capacity)
    quality.reserveCapacity(capacity)
    controlNets.reserveCapacity(capacity)
    features.reserveCapacity(capacity)
  }

  /// Rows.
  package var count: Int { width.count }

  package mutating func append(_ job: Job) {
    width.append(job.width)
    height.append(job.height)
    steps.append(job.steps)
    images.append(job.count)
    model.append(job.model)
    quality.append(job.quality.rawValue)
    controlNets.append(job.controlNets)
    features.append(job.features.rawValue)
  }

  /// Empties the batch but keeps its memory.
  package mutating func removeAll() {
    width.removeAll(keepingCapacity: true)
    height.removeAll(keepingCapacity: true)
    steps.removeAll(keepingCapacity: true)
    images.removeAll(keepingCapacity: true)
    model.removeAll(keepingCapacity: true)
    quality.removeAll(keepingCapacity: true)
    controlNets.removeAll(keepingCapacity: true)
    features.removeAll(keepingCapacity: true)
  }

  /// The job of a row.
  package subscript(row: Int) -> Job {
    Job(
      width: width[row], height: height[row], steps: steps[row], count: images[row], model: model[row],
      quality: Job.Quality(rawValue: quality[row]), controlNets: controlNets[row],
      features: Job.Features(rawValue: features[row]))
  }
}

/// The prices of a batch, row by row with its jobs.
package struct PriceColumns: Sendable {
  /// µcr, or a refusal's code below zero.
  package var encoded: [Int64] = []

  package init() {}

  package var count: Int { encoded.count }

  /// The price of a row.
  package subscript(row: Int) -> Price { Price(encoded: encoded[row]) }
}
