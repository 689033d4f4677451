// A batch of jobs as it lies in a message: the server copies its columns into its own, and makes no value for a job.

package import TollgateValues

/// A QuoteBatchRequest that is judged but not copied: where its columns stand in the message. A column that its sender
/// left out is empty, and reads as zeros.
package struct QuoteBatchColumns: Hashable, Sendable {
  package var account: AccountID
  package var lifetime: TimeSpan
  /// Jobs.
  package var rows: Int
  package var widths: Range<Int>
  package var heights: Range<Int>
  package var steps: Range<Int>
  package var counts: Range<Int>
  package var models: Range<Int>
  package var qualities: Range<Int>
  package var controlNets: Range<Int>
  package var features: Range<Int>

  init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    account = root.id(at: 0)
    lifetime = root.span(at: 16)
    let most = Limits.batchItemsMax
    widths = try message.column(root, at: 24, of: 2, rows: nil, max: most, &cursor)
    rows = widths.count / 2
    heights = try message.column(root, at: 32, of: 2, rows: rows, max: most, &cursor)
    steps = try message.column(root, at: 40, of: 2, rows: rows, max: most, &cursor)
    counts = try message.column(root, at: 48, of: 2, rows: rows, max: most, &cursor)
    models = try message.column(root, at: 56, of: 2, rows: rows, max: most, &cursor)
    qualities = try message.column(root, at: 64, of: 1, rows: rows, max: most, &cursor)
    controlNets = try message.column(root, at: 72, of: 1, rows: rows, max: most, &cursor)
    features = try message.column(root, at: 80, of: 4, rows: rows, max: most, &cursor)
  }

  /// Judges the message at a place, and moves the columns' places to where they stand in `bytes`.
  package init(at place: MessagePlace, in bytes: RawSpan) throws(WireError) {
    let message = bytes.extracting(place.start..<place.start + place.bytes)
    let rootBytes = UInt64(place.rootBytes)
    guard place.rootBytes <= place.bytes else { throw WireError(.rootBeyondMessage, at: 0, value: rootBytes) }
    guard place.rootBytes & 7 == 0 else { throw WireError(.rootMisaligned, at: 0, value: rootBytes) }
    var cursor = TailCursor(end: place.rootBytes)
    let root = message.extracting(0..<place.rootBytes)
    if root.byteCount >= QuoteBatchRequest.rootBytes {
      try self.init(root: root, message: message, cursor: &cursor)
    } else {
      let padded = root.padded(to: QuoteBatchRequest.rootBytes)
      try self.init(root: padded.span.bytes, message: message, cursor: &cursor)
    }
    move(by: place.start)
  }

  private mutating func move(by count: Int) {
    func moved(_ range: Range<Int>) -> Range<Int> { range.lowerBound + count..<range.upperBound + count }
    (widths, heights, steps, counts) = (moved(widths), moved(heights), moved(steps), moved(counts))
    (models, qualities, controlNets) = (moved(models), moved(qualities), moved(controlNets))
    features = moved(features)
  }

  /// A row of the columns in the message whose places these are.
  package func job(_ row: Int, in message: RawSpan) -> Job {
    Job(
      width: message.row(row, of: widths), height: message.row(row, of: heights), steps: message.row(row, of: steps),
      count: message.row(row, of: counts), model: message.row(row, of: models),
      quality: Job.Quality(rawValue: message.row(row, of: qualities)), controlNets: message.row(row, of: controlNets),
      features: Job.Features(rawValue: message.row(row, of: features)))
  }
}
