// A snapshot is the ledger's state after one record, in chunks under one running checksum that begins with its mark.

internal import TollgateLedger
package import TollgateValues

/// Which state a snapshot holds: that at the journal's end after a record.
package struct SnapshotMark: Hashable, Sendable, BitwiseCopyable {
  package var head: JournalHead
  /// When it was taken.
  package var taken: Instant

  package init(head: JournalHead, taken: Instant) {
    self.head = head
    self.taken = taken
  }
}

/// A finished snapshot as the journal lists it.
package struct SnapshotSummary: Hashable, Sendable {
  /// The engine's own number of it; newer ones have higher numbers.
  package var id: Int64
  package var mark: SnapshotMark
  package var chunkCount: Int
  package var byteCount: Int
  /// Over mark and chunks.
  package var checksum: Checksum

  package init(id: Int64, mark: SnapshotMark, chunkCount: Int, byteCount: Int, checksum: Checksum) {
    self.id = id
    self.mark = mark
    self.chunkCount = chunkCount
    self.byteCount = byteCount
    self.checksum = checksum
  }
}

/// The running checksum of a snapshot: both the writer and the reader form it.
package struct SnapshotSeal: Hashable, Sendable {
  package let mark: SnapshotMark
  package private(set) var chunkCount = 0
  package private(set) var byteCount = 0
  package private(set) var checksum: Checksum

  package init(_ mark: SnapshotMark) {
    self.mark = mark
    var writer = ByteWriter(reserving: 64)
    writer.write(mark.head.sequence)
    writer.write(mark.head.chain.high)
    writer.write(mark.head.chain.low)
    writer.write(mark.head.nextEntry.rawValue)
    writer.write(mark.head.instant)
    writer.write(mark.taken)
    checksum = Checksum.over(writer.bytes)
  }

  package mutating func add(_ chunk: [UInt8]) {
    checksum = Checksum.over(chunk, after: checksum)
    chunkCount += 1
    byteCount += chunk.count
  }
}

/// Hands out a snapshot's chunks in order, and judges the whole at the end.
package struct SnapshotReader {
  package let summary: SnapshotSummary
  private let journal: any Journal
  private var seal: SnapshotSeal

  package init(_ summary: SnapshotSummary, of journal: any Journal) {
    self.summary = summary
    self.journal = journal
    seal = SnapshotSeal(summary.mark)
  }

  /// The next chunk, or nil after the last one. What it returns is only to be trusted once it has returned nil.
  package mutating func next() throws(JournalError) -> [UInt8]? {
    guard seal.chunkCount < summary.chunkCount else {
      guard seal.checksum == summary.checksum, seal.byteCount == summary.byteCount else {
        throw damaged("checksum mismatch (stored \(summary.checksum), computed \(seal.checksum))")
      }
      return nil
    }
    guard let chunk = try journal.snapshotChunk(seal.chunkCount, of: summary) else {
      throw damaged("chunk \(seal.chunkCount) of \(summary.chunkCount) is missing")
    }
    seal.add(chunk)
    return chunk
  }

  /// All chunks in one piece, verified.
  package mutating func all() throws(JournalError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(max(summary.byteCount, 0), 1 << 30))
    while let chunk = try next() { bytes.append(contentsOf: chunk) }
    return bytes
  }

  private func damaged(_ problem: String) -> JournalError {
    JournalError(.damaged, "the snapshot after record \(summary.mark.head.sequence) of \(journal.name): \(problem)")
  }
}
