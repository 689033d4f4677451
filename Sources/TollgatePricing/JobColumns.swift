// Jobs as columns, one array a field, ten bytes a job: the shape in which a batch is priced.

package import CPricingKernel
package import TollgateValues

/// A batch of jobs, field by field. Columns are as narrow as nearly all jobs allow; a job that does not fit them is an
/// exception, kept whole beside them, and prices like every other.
package struct JobColumns: Sendable {
  private var width: [UInt16] = []
  private var height: [UInt16] = []
  private var model: [UInt16] = []
  private var steps: [UInt8] = []
  private var images: [UInt8] = []
  private var kind: [UInt8] = []
  private var features: [UInt8] = []
  /// Ascending by row. The columns hold `NarrowJob.placeholder` in their place.
  private(set) var exceptions: [JobException] = []

  /// An empty batch with room for `capacity` jobs.
  package init(reserving capacity: Int = 0) {
    width.reserveCapacity(capacity)
    height.reserveCapacity(capacity)
    model.reserveCapacity(capacity)
    steps.reserveCapacity(capacity)
    images.reserveCapacity(capacity)
    kind.reserveCapacity(capacity)
    features.reserveCapacity(capacity)
  }

  /// Rows.
  package var count: Int { width.count }

  package mutating func append(_ job: Job) {
    let narrow: NarrowJob
    if let fitting = NarrowJob(job) {
      narrow = fitting
    } else {
      exceptions.append(JobException(row: count, job: job))
      narrow = .placeholder
    }
    width.append(narrow.width)
    height.append(narrow.height)
    model.append(narrow.model)
    steps.append(narrow.steps)
    images.append(narrow.images)
    kind.append(narrow.kind)
    features.append(narrow.features)
  }

  package mutating func append(contentsOf other: JobColumns) {
    exceptions += other.exceptions.map { JobException(row: count + $0.row, job: $0.job) }
    width += other.width
    height += other.height
    model += other.model
    steps += other.steps
    images += other.images
    kind += other.kind
    features += other.features
  }

  /// Empties the batch but keeps its memory.
  package mutating func removeAll() {
    width.removeAll(keepingCapacity: true)
    height.removeAll(keepingCapacity: true)
    model.removeAll(keepingCapacity: true)
    steps.removeAll(keepingCapacity: true)
    images.removeAll(keepingCapacity: true)
    kind.removeAll(keepingCapacity: true)
    features.removeAll(keepingCapacity: true)
    exceptions.removeAll(keepingCapacity: true)
  }

  /// The job of a row, exactly as it was appended.
  package subscript(row: Int) -> Job {
    if !exceptions.isEmpty {
      let index = exceptions[...].firstException(from: row)
      if index < exceptions.endIndex, exceptions[index].row == row { return exceptions[index].job }
    }
    return Job(
      width: width[row], height: height[row], steps: UInt16(steps[row]), count: UInt16(images[row]) + 1,
      model: model[row], quality: Job.Quality(rawValue: kind[row] >> 6), controlNets: kind[row] & 63,
      features: Job.Features(rawValue: UInt32(features[row])))
  }

  /// Lends the columns as memory, only for the time of the call.
  package func withRows<Result>(_ body: (JobRows) throws -> Result) rethrows -> Result {
    try width.withUnsafeBufferPointer { width in
      try height.withUnsafeBufferPointer { height in
        try model.withUnsafeBufferPointer { model in
          try steps.withUnsafeBufferPointer { steps in
            try images.withUnsafeBufferPointer { images in
              try kind.withUnsafeBufferPointer { kind in
                try features.withUnsafeBufferPointer { features in
                  let columns = tollgate_jobs(
                    width: width.baseAddress, height: height.baseAddress, model: model.baseAddress,
                    steps: steps.baseAddress, images: images.baseAddress, kind: kind.baseAddress,
                    features: features.baseAddress)
                  return try body(JobRows(columns: columns, start: 0, count: count, exceptions: exceptions[...]))
                }
              }
            }
          }
        }
      }
    }
  }
}

/// A job that does not fit the columns.
package struct JobException: Hashable, Sendable {
  package var row: Int
  package var job: Job

  package init(row: Int, job: Job) {
    self.row = row
    self.job = job
  }
}

extension ArraySlice<JobException> {
  /// The index of the first exception at or after a row.
  fileprivate func firstException(from row: Int) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].row < row { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// The ten bytes of a job in columns.
package struct NarrowJob: Hashable, Sendable {
  package var width: UInt16
  package var height: UInt16
  package var model: UInt16
  package var steps: UInt8
  /// Less one.
  package var images: UInt8
  /// ControlNets in the low six bits, quality in the high two.
  package var kind: UInt8
  package var features: UInt8

  /// What stands in the columns in place of an exception: no size, so no price.
  package static let placeholder = NarrowJob(
    width: 0, height: 0, model: 0, steps: 0, images: 0, kind: 0, features: 0)

  private init(
    width: UInt16, height: UInt16, model: UInt16, steps: UInt8, images: UInt8, kind: UInt8, features: UInt8
  ) {
    (self.width, self.height, self.model) = (width, height, model)
    (self.steps, self.images, self.kind, self.features) = (steps, images, kind, features)
  }

  /// Nil for no image or more than 256, more than 255 steps, more than 63 ControlNets, a quality above 3, or a feature
  /// above the eighth.
  @inline(__always)
  package init?(_ job: Job) {
    guard job.count &- 1 <= 255, job.steps <= 255, job.controlNets <= 63, job.quality.rawValue <= 3,
      job.features.rawValue <= 255
    else { return nil }
    self.init(
      width: job.width, height: job.height, model: job.model, steps: UInt8(truncatingIfNeeded: job.steps),
      images: UInt8(truncatingIfNeeded: job.count &- 1), kind: job.quality.rawValue << 6 | job.controlNets,
      features: UInt8(truncatingIfNeeded: job.features.rawValue))
  }
}

/// Rows of a batch somewhere in memory: in arrays, or in a file that is mapped. Valid only as long as that memory is.
package struct JobRows {
  package let columns: tollgate_jobs
  /// The number of the first row in its batch, from which exceptions are counted.
  package let start: Int
  package let count: Int
  /// Ascending by row; those of these rows, and perhaps others.
  private let exceptionsAround: ArraySlice<JobException>

  package init(columns: tollgate_jobs, start: Int, count: Int, exceptions: ArraySlice<JobException>) {
    self.columns = columns
    self.start = start
    self.count = count
    exceptionsAround = exceptions
  }

  /// The exceptions among these rows; their `row` counts from the beginning of the batch.
  package var exceptions: ArraySlice<JobException> {
    guard !exceptionsAround.isEmpty else { return exceptionsAround }
    let first = exceptionsAround.firstException(from: start)
    return exceptionsAround[first..<exceptionsAround.firstException(from: start + count)]
  }

  /// Some of these rows; `range` counts from the first of them.
  package func slice(_ range: Range<Int>) -> JobRows {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "rows \(range) of \(count)")
    var part = columns
    guard !range.isEmpty else {
      return JobRows(columns: columns, start: start + range.lowerBound, count: 0, exceptions: [])
    }
    part.width += range.lowerBound
    part.height += range.lowerBound
    part.model += range.lowerBound
    part.steps += range.lowerBound
    part.images += range.lowerBound
    part.kind += range.lowerBound
    part.features += range.lowerBound
    return JobRows(columns: part, start: start + range.lowerBound, count: range.count, exceptions: exceptionsAround)
  }

  /// The job of a row.
  package subscript(row: Int) -> Job {
    precondition(row >= 0 && row < count, "row \(row) of \(count)")
    if !exceptionsAround.isEmpty {
      let index = exceptionsAround.firstException(from: start + row)
      if index < exceptionsAround.endIndex, exceptionsAround[index].row == start + row {
        return exceptionsAround[index].job
      }
    }
    return Job(
      width: columns.width[row], height: columns.height[row], steps: UInt16(columns.steps[row]),
      count: UInt16(columns.images[row]) + 1, model: columns.model[row],
      quality: Job.Quality(rawValue: columns.kind[row] >> 6), controlNets: columns.kind[row] & 63,
      features: Job.Features(rawValue: UInt32(columns.features[row])))
  }
}
