// Columns of jobs: both ways of reading them agree, a column that is left out reads as zeros, and bounds hold.

import NIOCore
import Testing
import TollgateTestSupport
import TollgateValues

@testable import TollgateWire

@Suite struct QuoteBatchTests {
  static func jobs(_ count: Int, using random: inout SeededGenerator) -> [Job] {
    (0..<count).map { _ in
      let (low, high) = (UInt64.random(in: 0 ... .max, using: &random), UInt64.random(in: 0 ... .max, using: &random))
      return Job(
        width: UInt16(truncatingIfNeeded: low), height: UInt16(truncatingIfNeeded: low >> 16),
        steps: UInt16(truncatingIfNeeded: low >> 32), count: UInt16(truncatingIfNeeded: low >> 48),
        model: UInt16(truncatingIfNeeded: high), quality: .init(rawValue: UInt8(truncatingIfNeeded: high >> 16)),
        controlNets: UInt8(truncatingIfNeeded: high >> 24), features: .init(rawValue: UInt32(high >> 32)))
    }
  }

  /// The columns of a request that lies in a buffer behind something else, as in a connection's.
  static func columns(_ message: [UInt8], rootBytes: Int = 88) throws -> (QuoteBatchColumns, [UInt8]) {
    let bytes = [7, 7, 7] + message
    let place = MessagePlace(start: 3, rootBytes: rootBytes, bytes: message.count, metadataBytes: 0)
    return (try QuoteBatchColumns(at: place, in: bytes.span.bytes), bytes)
  }

  @Test func columnsInPlaceAreTheMessagesJobs() throws {
    var random = SeededGenerator()
    for count in [0, 1, 2, 7, 100, Limits.batchItemsMax] {
      let request = QuoteBatchRequest(
        account: Samples.account, lifetime: .seconds(9), jobs: Self.jobs(count, using: &random))
      let (columns, bytes) = try Self.columns(encoded(request))
      #expect(columns.rows == count && columns.account == request.account && columns.lifetime == request.lifetime)
      let found = (0..<count).map { columns.job($0, in: bytes.span.bytes) }
      #expect(found == request.jobs, "\(count) \(random.recipe)")
    }
  }

  @Test func mutatedColumnsAreJudgedAlikeByBothWays() throws {
    var random = SeededGenerator()
    let original = encoded(QuoteBatchRequest(account: Samples.account, jobs: Self.jobs(9, using: &random)))
    var taken = 0
    for _ in 0..<3_000 {
      let bytes = MutationTests.mutated(original, using: &random)
      let rootBytes = Bool.random(using: &random) ? 88 : Int.random(in: 0...bytes.count + 8, using: &random)
      var (problem, other): (WireError?, WireError?)
      do {
        let message = try decodeAny(QuoteBatchRequest.self, bytes, rootBytes: rootBytes)
        let (columns, bytes) = try Self.columns(bytes, rootBytes: rootBytes)
        #expect(message.jobs == (0..<columns.rows).map { columns.job($0, in: bytes.span.bytes) }, "\(random.recipe)")
        taken += 1
      } catch let error as WireError { problem = error }
      do { _ = try Self.columns(bytes, rootBytes: rootBytes) } catch let error as WireError { other = error }
      #expect(problem == other, "\(hex(bytes)) root \(rootBytes) \(random.recipe)")
    }
    #expect(taken > 0)
  }

  @Test func aColumnThatIsLeftOutReadsAsZeros() throws {
    var random = SeededGenerator()
    let jobs = Self.jobs(5, using: &random)
    for (field, cleared) in [
      (40, { (job: inout Job) in job.steps = 0 }), (64, { $0.quality = .draft }), (72, { $0.controlNets = 0 }),
      (80, { $0.features = [] }),
    ] as [(Int, (inout Job) -> Void)] {
      var bytes = encoded(QuoteBatchRequest(account: Samples.account, jobs: jobs))
      bytes.replaceSubrange(field..<field + 8, with: [UInt8](repeating: 0, count: 8))
      var expected = jobs
      for index in expected.indices { cleared(&expected[index]) }
      #expect(try decodeAny(QuoteBatchRequest.self, bytes).jobs == expected, "field \(field) \(random.recipe)")
      let (columns, moved) = try Self.columns(bytes)
      #expect((0..<5).map { columns.job($0, in: moved.span.bytes) } == expected)
    }
    var older = encoded(QuoteBatchRequest(account: Samples.account, jobs: [Samples.job]))
    older.replaceSubrange(80..<88, with: [UInt8](repeating: 0, count: 8))
    var expected = Samples.job
    expected.features = []
    #expect(
      try decodeAny(QuoteBatchRequest.self, older, rootBytes: 80).jobs == [expected], "a version without features")
    let quotes = QuoteBatchReply(
      expires: .epoch, book: 1, refused: 0, total: .zero, available: .zero, shortfall: .zero, fitting: 2,
      amounts: [1, 2], quotes: [])
    #expect(try decodeAny(QuoteBatchReply.self, encoded(quotes)).quotes == [.zero, .zero])
  }

  @Test func columnsOfDifferentLengthAreRefused() throws {
    let bytes = encoded(QuoteBatchRequest(account: Samples.account, jobs: [Samples.job, Samples.job, Samples.job]))
    for field in stride(from: 24, through: 80, by: 8) {
      for rows in [1, 2, 4] as [UInt8] {
        var changed = bytes
        changed[field + 4] = rows
        let error = #expect(throws: WireError.self) { try decodeAny(QuoteBatchRequest.self, changed) }
        #expect(error?.problem == .columnsDiffer, "field \(field), \(rows) rows")
      }
    }
  }

  @Test func rowsAreBounded() throws {
    var random = SeededGenerator()
    let full = Self.jobs(Limits.batchItemsMax, using: &random)
    let message = encoded(QuoteBatchRequest(account: Samples.account, jobs: full))
    #expect(try decodeAny(QuoteBatchRequest.self, message).jobs == full)
    var longer = message
    for field in stride(from: 24, through: 80, by: 8) { longer[field + 4] = 1 }
    let error = #expect(throws: WireError.self) { try decodeAny(QuoteBatchRequest.self, longer) }
    #expect(error?.problem == .listTooLong && error?.value == UInt64(Limits.batchItemsMax + 1))
    var buffer = ByteBuffer(string: "before")
    let tooMany = QuoteBatchRequest(account: Samples.account, jobs: full + [Samples.job])
    #expect(throws: WireError.self) { try buffer.writeRequest(RequestHead(method: .quoteBatch), tooMany, call: 1) }
    #expect(String(buffer: buffer) == "before")
    let reply = QuoteBatchReply(
      expires: .epoch, book: 1, refused: 0, total: .zero, available: .zero, shortfall: .zero, fitting: 0,
      amounts: full.map { Int64($0.width) }, quotes: full.map { _ in Samples.quote })
    #expect(throws: Never.self) { try buffer.writeResponse(ResponseHead(), reply, call: 1) }
    #expect(try decodeAny(QuoteBatchReply.self, encoded(reply)) == reply)
  }

  @Test func rowsThatCannotBeInTheMessageAreRefusedBeforeAnythingIsAllocated() {
    var bytes = [UInt8](repeating: 0, count: 88)
    bytes.replaceSubrange(24..<32, with: [88, 0, 0, 0, 0, 32, 0, 0])
    let error = #expect(throws: WireError.self) { try decodeAny(QuoteBatchRequest.self, bytes) }
    #expect(error?.problem == .referenceOutOfBounds)
  }
}
