// The binary file of jobs (docs/jobs-format.md): columns as they lie in memory, so that a mapped file is priced in place.

internal import CPricingKernel
internal import TollgateValues

/// Where everything stands in a file of jobs, version 1.
package struct JobFileLayout: Hashable, Sendable {
  package static let magic: [UInt8] = Array("TOLLJOBS".utf8)
  package static let version: UInt32 = 1
  package static let headerBytes = 128
  /// Columns begin at multiples of this: a cache line.
  package static let alignment = 64
  static let exceptionBytes = 24
  /// Rows of a file at most, so that no offset overflows.
  package static let rowsMax = 1 << 40

  package let rows: Int
  package let exceptionCount: Int
  /// Of width, height, model, steps, images, kind, features and the exceptions, from the file's beginning.
  package let offsets: [Int]
  package let fileBytes: Int

  /// The layout that a file of so many rows and exceptions has.
  package init(rows: Int, exceptions: Int) {
    self.rows = rows
    exceptionCount = exceptions
    var next = JobFileLayout.headerBytes
    var offsets: [Int] = []
    for bytes in JobFileLayout.columnBytes(rows, exceptions) {
      offsets.append(next)
      next = (next + bytes + JobFileLayout.alignment - 1) & ~(JobFileLayout.alignment - 1)
    }
    self.offsets = offsets
    fileBytes = next
  }

  private static func columnBytes(_ rows: Int, _ exceptions: Int) -> [Int] {
    [rows * 2, rows * 2, rows * 2, rows, rows, rows, rows, exceptions * exceptionBytes]
  }

  /// The file's first bytes: magic, version, header's length, rows, exceptions, offsets, length of the file, checksum.
  package var header: [UInt8] {
    var bytes = JobFileLayout.magic
    func append(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    append(JobFileLayout.version)
    append(UInt32(JobFileLayout.headerBytes))
    append(UInt64(rows))
    append(UInt64(exceptionCount))
    for offset in offsets { append(UInt64(offset)) }
    append(UInt64(fileBytes))
    append(UInt64(0))
    let checksum = Checksum.over(bytes)
    append(checksum.high)
    append(checksum.low)
    return bytes
  }

  /// Reads and judges a file's header, before anything that it says is used.
  package init(file: UnsafeRawBufferPointer) throws(JobFileError) {
    guard file.count >= JobFileLayout.magic.count, file.prefix(8).elementsEqual(JobFileLayout.magic) else {
      throw .notJobs
    }
    guard file.count >= JobFileLayout.headerBytes else {
      throw .truncated(expected: JobFileLayout.headerBytes, found: file.count)
    }
    func word(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: file.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    let version = UInt32(truncatingIfNeeded: word(8))
    guard version == JobFileLayout.version else { throw .version(version) }
    let summed = JobFileLayout.headerBytes - 16
    let checksum = Checksum.over(UnsafeRawBufferPointer(rebasing: file[..<summed]))
    guard word(summed) == checksum.high, word(summed + 8) == checksum.low else { throw .damagedHeader }
    guard word(8) >> 32 == UInt64(JobFileLayout.headerBytes), word(16) <= UInt64(JobFileLayout.rowsMax),
      word(24) <= word(16),
      word(104) == 0
    else { throw .impossibleHeader }
    self.init(rows: Int(word(16)), exceptions: Int(word(24)))
    // Version 1 has one layout; the offsets are there so that other readers need not know how to compute it.
    guard offsets.enumerated().allSatisfy({ word(32 + $0 * 8) == UInt64($1) }), word(96) == UInt64(fileBytes) else {
      throw .impossibleHeader
    }
    guard file.count == fileBytes else { throw .truncated(expected: fileBytes, found: file.count) }
  }
}

/// Why a file is no file of jobs.
package enum JobFileError: Error, Hashable, CustomStringConvertible {
  case notJobs
  case version(UInt32)
  case damagedHeader
  case impossibleHeader
  case truncated(expected: Int, found: Int)
  case exceptions(Int)

  package var description: String {
    switch self {
    case .notJobs: "it does not begin like a file of jobs"
    case .version(let version):
      "it has version \(version) of the format, and this program reads version \(JobFileLayout.version)"
    case .damagedHeader: "its header is damaged: the checksum does not fit"
    case .impossibleHeader: "its header contradicts itself"
    case .truncated(let expected, let found):
      "it has \(found) bytes where its header says \(expected): it was cut or added to"
    case .exceptions(let index): "its exception \(index) is out of order, or for a row that there is not"
    }
  }
}

/// A file of jobs in memory, which must stay there as long as rows of it are in use.
package struct JobFile {
  package let layout: JobFileLayout
  private let file: UnsafeRawBufferPointer
  private let exceptions: [JobException]

  /// Judges the header and the exceptions; the columns hold nothing that could be wrong.
  package init(_ file: UnsafeRawBufferPointer) throws(JobFileError) {
    layout = try JobFileLayout(file: file)
    self.file = file
    var exceptions: [JobException] = []
    exceptions.reserveCapacity(layout.exceptionCount)
    for index in 0..<layout.exceptionCount {
      let exception = JobException(file, layout.offsets[7] + index * JobFileLayout.exceptionBytes)
      guard exception.row < layout.rows, exception.row > exceptions.last?.row ?? -1 else { throw .exceptions(index) }
      exceptions.append(exception)
    }
    self.exceptions = exceptions
  }

  /// All rows.
  package var rows: JobRows {
    guard let base = file.baseAddress, layout.rows > 0 else {
      return JobRows(columns: tollgate_jobs(), start: 0, count: 0, exceptions: [])
    }
    func column<Element>(_ index: Int, _: Element.Type) -> UnsafePointer<Element> {
      (base + layout.offsets[index]).assumingMemoryBound(to: Element.self)
    }
    let columns = tollgate_jobs(
      width: column(0, UInt16.self), height: column(1, UInt16.self), model: column(2, UInt16.self),
      steps: column(3, UInt8.self), images: column(4, UInt8.self), kind: column(5, UInt8.self),
      features: column(6, UInt8.self))
    return JobRows(columns: columns, start: 0, count: layout.rows, exceptions: exceptions[...])
  }
}

extension JobColumns {
  /// Gives the bytes of a file of these jobs to `write`, part by part.
  package func writeFile<Failure: Error>(
    _ write: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let layout = JobFileLayout(rows: count, exceptions: exceptions.count)
    var written = 0
    func part(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(Failure) {
      let padding = [UInt8](repeating: 0, count: offset - written)
      if !padding.isEmpty { try padding.withUnsafeBytesTyped(write) }
      if bytes.count > 0 { try write(bytes) }
      written = offset + bytes.count
    }
    try layout.header.withUnsafeBytesTyped { bytes throws(Failure) in try part(bytes, at: 0) }
    try withColumns { columns throws(Failure) in
      for (index, column) in columns.enumerated() { try part(column, at: layout.offsets[index]) }
    }
    let records = exceptions.flatMap(\.bytes)
    try records.withUnsafeBytesTyped { bytes throws(Failure) in try part(bytes, at: layout.offsets[7]) }
    let end = UnsafeRawBufferPointer(start: nil, count: 0)
    try part(end, at: layout.fileBytes)
  }

  private func withColumns<Failure: Error>(
    _ body: ([UnsafeRawBufferPointer]) throws(Failure) -> Void
  ) throws(Failure) {
    let result = withRows { rows -> Result<Void, Failure> in
      let columns = rows.columns
      func bytes(_ pointer: UnsafeRawPointer?, _ size: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: pointer, count: pointer == nil ? 0 : rows.count * size)
      }
      do throws(Failure) {
        try body([
          bytes(columns.width, 2), bytes(columns.height, 2), bytes(columns.model, 2), bytes(columns.steps, 1),
          bytes(columns.images, 1), bytes(columns.kind, 1), bytes(columns.features, 1),
        ])
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }
}

extension Array {
  /// `withUnsafeBytes` that keeps the type of what is thrown.
  fileprivate func withUnsafeBytesTyped<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let result = withUnsafeBytes { bytes -> Result<Void, Failure> in
      do throws(Failure) { return .success(try body(bytes)) } catch { return .failure(error) }
    }
    try result.get()
  }
}

extension JobException {
  /// Row, width, height, steps, count, model, quality, ControlNets, features; the caller has checked the bounds.
  fileprivate init(_ file: UnsafeRawBufferPointer, _ offset: Int) {
    func number<Number: FixedWidthInteger>(_ place: Int, _: Number.Type) -> Number {
      Number(littleEndian: file.loadUnaligned(fromByteOffset: offset + place, as: Number.self))
    }
    self.init(
      row: Int(clamping: number(0, UInt64.self)),
      job: Job(
        width: number(8, UInt16.self), height: number(10, UInt16.self), steps: number(12, UInt16.self),
        count: number(14, UInt16.self), model: number(16, UInt16.self),
        quality: Job.Quality(rawValue: number(18, UInt8.self)), controlNets: number(19, UInt8.self),
        features: Job.Features(rawValue: number(20, UInt32.self))))
  }

  fileprivate var bytes: [UInt8] {
    var bytes: [UInt8] = []
    func append(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    append(UInt64(row))
    append(job.width)
    append(job.height)
    append(job.steps)
    append(job.count)
    append(job.model)
    append(job.quality.rawValue)
    append(job.controlNets)
    append(job.features.rawValue)
    return bytes
  }
}
