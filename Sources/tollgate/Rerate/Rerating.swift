// Prices a file of jobs on several threads: each takes the next piece, adds it up for itself, and all are merged.

internal import Synchronization
internal import TollgatePricing

/// How a file is priced.
struct Rerating {
  let groups: JobGroups
  private let pricers: [KernelPricer]
  private let threads: Int
  /// Rows of a binary file that a thread takes at once.
  static let pieceRows = 1 << 20

  init(books: [PriceBook], level: PricingLevel, threads: Int) throws(Failure) {
    groups = JobGroups(books)
    self.threads = threads
    do {
      pricers = try books.map { book throws(PricingLevelError) in try KernelPricer(book, level: level) }
    } catch {
      throw .usage("\(error)")
    }
  }

  /// What came of a file.
  struct Result: Sendable {
    var tally: JobTally
    /// Rows of CSV that are no jobs.
    var skipped = 0
  }

  /// Prices all of a file. Throws what is wrong with it.
  func run(_ file: FileBytes, csv rules: JobCSV.Rules) async throws -> Result {
    guard file.isBinaryJobs else {
      let csv = try JobCSV(file, rules: rules)
      let chunks = csv.chunks
      let progress = ByteProgress("rerate", total: file.bytes.count)
      return try await inParallel(chunks.count, progress, { chunks[$0].upperBound }) { index, result in
        let part = csv.parse(chunks[index])
        try csv.judge(part, chunks[index])
        part.jobs.withRows { result.tally.add($0) }
        result.skipped += part.skipped
      }
    }
    let jobs: SharedJobs
    do throws(JobFileError) {
      jobs = SharedJobs(rows: try JobFile(file.bytes).rows, file: file)
    } catch {
      throw Failure.usage("\(file.name) is no usable file of jobs: \(error)")
    }
    let count = jobs.rows.count
    let pieces = (count + Rerating.pieceRows - 1) / Rerating.pieceRows
    let progress = ByteProgress("rerate", total: count)
    let end: @Sendable (Int) -> Int = { min(($0 + 1) * Rerating.pieceRows, count) }
    return try await inParallel(pieces, progress, end) { piece, result in
      result.tally.add(jobs.rows.slice(piece * Rerating.pieceRows..<end(piece)))
    }
  }

  /// Gives pieces 0, 1, … to as many tasks as there are threads, in order; the first error ends them all.
  private func inParallel(
    _ pieces: Int, _ progress: ByteProgress, _ place: @escaping @Sendable (Int) -> Int,
    _ work: @escaping @Sendable (Int, inout Result) throws -> Void
  ) async throws -> Result {
    let next = NextPiece()
    let empty = Result(tally: JobTally(groups, pricers))
    defer { progress.clear() }
    return try await withThrowingTaskGroup(of: Result.self) { group in
      for worker in 0..<min(threads, max(pieces, 1)) {
        group.addTask {
          var result = empty
          while true {
            let piece = next.take()
            guard piece < pieces, !Task.isCancelled else { return result }
            try work(piece, &result)
            if worker == 0 { progress.show(place(piece)) }
          }
        }
      }
      var whole = empty
      for try await result in group {
        whole.tally.merge(result.tally)
        whole.skipped += result.skipped
      }
      return whole
    }
  }
}

/// Hands out numbers.
private final class NextPiece: Sendable {
  private let next = Atomic<Int>(0)
  func take() -> Int { next.wrappingAdd(1, ordering: .relaxed).oldValue }
}

/// Rows together with the memory that they lie in. Unchecked, because that memory never changes.
private struct SharedJobs: @unchecked Sendable {
  let rows: JobRows
  let file: FileBytes
}

/// A progress bar that counts in thousandths, so that bytes of a large file do not crowd it.
struct ByteProgress: Sendable {
  private let progress: Progress
  private let total: Int

  init(_ title: String, total: Int) {
    progress = Progress(title, total: total > 0 ? 1_000 : 0)
    self.total = total
  }

  func show(_ done: Int) {
    guard total > 0 else { return }
    progress.show(Int(Double(done) / Double(total) * 1_000))
  }

  func clear() { progress.clear() }
}
