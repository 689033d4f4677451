// The binary file of jobs: what is written is read back, and a damaged file is refused before anything of it is used.

import Testing
import TollgatePricing
import TollgateTestSupport
import TollgateValues

@Suite struct JobFileTests {
  private struct Never: Error {}

  private func file(_ jobs: JobColumns) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try jobs.writeFile { (part: UnsafeRawBufferPointer) throws(Never) in bytes += part }
    return bytes
  }

  private func jobs(_ count: Int, _ generator: inout SeededGenerator) -> JobColumns {
    var jobs = JobColumns()
    for row in 0..<count {
      let bits = generator.next()
      var job = Job(
        width: UInt16(truncatingIfNeeded: bits), height: UInt16(truncatingIfNeeded: bits >> 16),
        steps: UInt16(bits >> 32 & 0xFF), count: UInt16(bits >> 40 & 0xFF) + 1, model: UInt16(bits >> 48 & 7),
        quality: Job.Quality(rawValue: UInt8(bits >> 51 & 3)), controlNets: UInt8(bits >> 53 & 63))
      if row % 11 == 5 { job.count = 1_000 }
      jobs.append(job)
    }
    return jobs
  }

  @Test func whatIsWrittenIsReadBack() throws {
    var generator = SeededGenerator()
    for count in [0, 1, 5, 31, 32, 33, 500] {
      let written = jobs(count, &generator)
      let bytes = try file(written)
      #expect(bytes.count == JobFileLayout(rows: count, exceptions: (count + 5) / 11).fileBytes)
      try bytes.withUnsafeBytes { memory in
        let rows = try JobFile(memory).rows
        #expect(rows.count == count)
        for row in 0..<count { #expect(rows[row] == written[row], "\(generator.recipe)") }
      }
    }
  }

  @Test func slicesKnowTheirExceptions() throws {
    var generator = SeededGenerator()
    let all = jobs(200, &generator)
    var whole = PriceColumns()
    var part = PriceColumns()
    let pricer = KernelPricer(.shipped)
    all.withRows { rows in
      pricer.price(rows, into: &whole)
      for start in stride(from: 0, to: 200, by: 13) {
        let slice = rows.slice(start..<min(start + 40, 200)).slice(0..<min(20, 200 - start))
        pricer.price(slice, into: &part)
        #expect(part.encoded == Array(whole.encoded[start..<start + slice.count]), "\(generator.recipe)")
      }
    }
  }

  @Test func everyCutAndEveryDamageOfTheHeaderIsRefused() throws {
    var generator = SeededGenerator()
    let bytes = try file(jobs(40, &generator))
    func error(_ bytes: [UInt8]) -> JobFileError? {
      bytes.withUnsafeBytes { memory in
        do throws(JobFileError) {
          _ = try JobFile(memory)
          return nil
        } catch {
          return error
        }
      }
    }
    #expect(error(bytes) == nil)
    #expect(error([]) == .notJobs)
    #expect(error(Array("width,height".utf8)) == .notJobs)
    for length in 8..<bytes.count { #expect(error(Array(bytes[..<length])) != nil, "\(length) bytes") }
    #expect(error(bytes + [0]) == .truncated(expected: bytes.count, found: bytes.count + 1))
    for place in 0..<JobFileLayout.headerBytes {
      var damaged = bytes
      damaged[place] ^= UInt8.random(in: 1...255, using: &generator)
      #expect(error(damaged) != nil, "byte \(place) \(generator.recipe)")
    }
    var newer = bytes
    newer[8] = 2
    #expect(error(newer) == .version(2))
  }

  @Test func exceptionsOutOfOrderAreRefused() throws {
    var generator = SeededGenerator()
    let bytes = try file(jobs(40, &generator))
    let place = JobFileLayout(rows: 40, exceptions: 4).offsets[7]
    for (index, row) in [(0, 40), (1, 5), (3, 200)] {
      var damaged = bytes
      damaged[place + index * 24] = UInt8(row)
      _ = damaged.withUnsafeBytes { memory in
        #expect(throws: JobFileError.exceptions(index)) { _ = try JobFile(memory) }
      }
    }
  }

  @Test func talliesAddUpToThePricesOfEachJob() throws {
    var generator = SeededGenerator()
    var all = jobs(500, &generator)
    for _ in 0..<3_000 {
      let bits = generator.next()
      all.append(
        Job(
          width: UInt16(bits & 0x7FF), height: UInt16(bits >> 16 & 0x7FF), count: UInt16(bits >> 32 & 7) + 1,
          model: UInt16(bits >> 40 & 3), quality: Job.Quality(rawValue: UInt8(bits >> 48 & 3))))
    }
    let second = try #require(try KernelBook.all().first { $0.fit == .words }).book
    let books = [PriceBook.shipped, second]
    let groups = JobGroups(books)
    var tally = JobTally(groups, books.map { KernelPricer($0) })
    all.withRows { rows in
      tally.add(rows.slice(0..<1_234))
      tally.add(rows.slice(1_234..<rows.count))
    }
    #expect(tally.jobs == UInt64(all.count))
    for (index, book) in books.enumerated() {
      var expected = Array(repeating: JobTotal(), count: groups.count)
      var refused = 0
      for row in 0..<all.count {
        guard let price = book.price(all[row]).credits else {
          refused += 1
          continue
        }
        var total = JobTotal()
        total.jobs = 1
        total.microcredits = UInt128(price.microcredits)
        expected[groups.group(of: all[row])] += total
      }
      #expect(tally.books[index].groups == expected, "\(generator.recipe)")
      #expect(tally.books[index].refused == UInt64(refused))
    }
  }
}
