// `tollgate rerate`: CSV and the binary form price alike, rows that are no jobs are told by line, and books are compared.

import ArgumentParser
import Foundation
import Testing
import TollgatePricing
import TollgateValues

@testable import tollgate

@Suite struct RerateTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("rerate-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }

  private func rules(skips: Bool = false, ignores: Bool = false) -> JobCSV.Rules {
    JobCSV.Rules(
      models: Dictionary(uniqueKeysWithValues: PriceBook.shipped.terms.models.map { ($0.name, $0.number) }),
      skipsInvalid: skips, ignoresColumns: ignores)
  }

  private func report(_ file: String, _ books: [PriceBook] = [.shipped], threads: Int = 2) async throws -> Report {
    let bytes = try FileBytes(file, purpose: "file of jobs")
    let rerating = try Rerating(books: books, level: .best, threads: threads)
    let result = try await rerating.run(bytes, csv: rules())
    return RerateReport(file: "jobs", books: books, groups: rerating.groups, result: result).report
  }

  private func dearer() throws -> PriceBook {
    let text = String(decoding: PriceBook.shippedFile, as: UTF8.self)
      .replacing("\"number\": 1,\n", with: "\"number\": 2,\n").replacing("\"standard\": 4", with: "\"standard\": 5")
    return try PriceBook.parse(Array(text.utf8), fileName: "dearer.json")
  }

  private static let jobs = """
    size,model,quality,count,steps,control-nets,features
    1024x768,studio,standard,4,,,
    512,sketch,draft,1,30,0,
    512,0,high,2,0,0,preview

    2048x100,atelier,1,,,2,priority-queue+face-restoration
    4000,studio,,1,,,
    "640","studio","draft",0

    """

  @Test func aFileIsPricedByTierQualityAndModel() async throws {
    let report = try await report(try write("jobs.csv", Self.jobs.replacing("\n", with: "\r\n")))
    // 1024x768: 4 × 1.5 × 4 = 24; 512 draft: 1; 512 high preview: 2 × 0.25 × 2 = 1; 2048: 10 × 2 × 1.5 + 0.5 + 0.5 = 31.
    #expect(
      report.text == """
        jobs    6 in jobs
        book A  price book 1, Launch prices, from 2026-01-01T00:00:00Z

        ALL    JOBS  CREDITS
        total     4       57

        TIER             JOBS  CREDITS
        up to 512×512       2        2
        up to 1024×1024     1       24
        up to 2048×2048     1       31

        QUALITY   JOBS  CREDITS
        draft        1        1
        standard     2       55
        high         1        1

        MODEL      JOBS  CREDITS
        0 sketch      2        2
        1 studio      1       24
        2 atelier     1       31

        NO PRICE         JOBS
        tooLarge            1
        countOutOfRange     1

        """)
    #expect(report.json["jobs"] == .integer(6))
    #expect(report.json["total"]?["credits"] == .array([.string("57")]))
  }

  @Test func twoBooksAreCompared() async throws {
    let report = try await report(try write("jobs.csv", Self.jobs), [.shipped, try dearer()])
    #expect(report.text.contains("total       4         57       4         63          +6  +10.53"))
    #expect(report.text.contains("up to 512×512         2          2       2          2           0    0.00"))
    #expect(report.json["total"]?["difference"] == .string("+6"))
    #expect(report.json["priceBooks"] == .array([.integer(1), .integer(2)]))
  }

  @Test func theBinaryFormPricesLikeItsSource() async throws {
    var text = "width,height,model,quality,count,steps,controlNets,features\n"
    for row in 0..<5_000 {
      text +=
        "\(row % 2_100),\(row * 7 % 2_100),\(row % 4),\(row % 5),\(row % 300),\(row % 160),\(row % 6),\(row % 256)\n"
    }
    let source = try write("jobs.csv", text)
    let command = try ConvertJobsCommand.parse([source, path("jobs.tgj"), "--json"])
    try await command.run()
    let books = [PriceBook.shipped, try dearer()]
    let (left, right) = (
      try await report(source, books, threads: 1), try await report(path("jobs.tgj"), books, threads: 3)
    )
    #expect(left.json == right.json && left.text == right.text)
    #expect(left.json["jobs"] == .integer(5_000))
  }

  @Test func rowsThatAreNoJobsAreToldByLine() async throws {
    let file = try write(
      "jobs.csv",
      "width,height,model,count,features\n512,512,studio,1,\n512,big,studio,1,\n512,512,picasso,1,\n512,512,0,1,glitter\n1,1,1,1,1,1\n,,0,1,\n"
    )
    let failure = await #expect(throws: Failure.self) { try await report(file) }
    #expect(failure?.status == .usage)
    #expect(failure?.kind == "jobsInvalid")
    #expect(
      failure?.message == """
        some rows are no jobs
        \(file):3: height is "big": expected a whole number from 0 to 65535
        \(file):4: model is "picasso": models of the first price book are sketch (0), studio (1), atelier (2)
        \(file):5: features name "glitter": features are \(Feature.list)
        \(file):6: expected 5 fields; found more
        \(file):7: there is no size
        """)
    let bytes = try FileBytes(file, purpose: "file of jobs")
    let rerating = try Rerating(books: [.shipped], level: .best, threads: 2)
    let result = try await rerating.run(bytes, csv: rules(skips: true))
    #expect(result.skipped == 5 && result.tally.jobs == 1)
  }

  @Test(arguments: [
    ("", "expected a line of field names"), ("width,model\n", "expected a column size"),
    ("size,width,height\n", "expected a column size"), ("size,size\n", "appears a second time"),
    ("size,modle\n", "\"modle\" is no field of a job; did you mean \"model\"?"), ("\u{0}\n", "is no field of a job"),
  ])
  func aWrongLineOfFieldNamesIsRefused(text: String, message: String) async throws {
    let file = try write("jobs.csv", text)
    let failure = await #expect(throws: Failure.self) { try await report(file) }
    #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
  }

  @Test func otherColumnsAreIgnoredOnDemand() async throws {
    let file = try FileBytes(try write("jobs.csv", "\u{FEFF}time,size,account\nnow,512,me\n"), purpose: "file of jobs")
    #expect(throws: Failure.self) { _ = try JobCSV(file, rules: rules()) }
    let csv = try JobCSV(file, rules: rules(ignores: true))
    let part = csv.parse(csv.chunks[0])
    #expect(part.jobs.count == 1 && part.jobs[0] == Job(width: 512, height: 512))
  }

  @Test func linesAreCountedAcrossChunks() async throws {
    let row = "512,studio,standard,1\n"
    let rows = JobCSV.chunkBytes / row.utf8.count + 1_000
    let file = try write(
      "jobs.csv", "size,model,quality,count\n" + String(repeating: row, count: rows) + "0x,studio,standard,1")
    let failure = await #expect(throws: Failure.self) { try await report(file) }
    #expect(failure?.message.contains("jobs.csv:\(rows + 2): size is \"0x\"") == true, "\(failure?.message ?? "")")
  }

  @Test func aDamagedBinaryFileIsRefused() async throws {
    let source = try write("jobs.csv", Self.jobs)
    try await ConvertJobsCommand.parse([source, path("jobs.tgj")]).run()
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path("jobs.tgj"))))
    bytes.removeLast()
    try Data(bytes).write(to: URL(fileURLWithPath: path("cut.tgj")))
    let cut = await #expect(throws: Failure.self) { try await report(path("cut.tgj")) }
    #expect(cut?.status == .usage && cut?.message.contains("cut.tgj is no usable file of jobs: it has") == true)
    bytes[20] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: path("bad.tgj")))
    let bad = await #expect(throws: Failure.self) { try await report(path("bad.tgj")) }
    #expect(bad?.message.contains("its header is damaged") == true)
    let again = try ConvertJobsCommand.parse([path("jobs.tgj"), path("jobs2.tgj")])
    await #expect(throws: Failure.self) { try await again.run() }
  }

  @Test func aLevelThatThereIsNotIsWrongUsage() async throws {
    let command = try RerateJobsCommand.parse([try write("jobs.csv", Self.jobs), "--level", "fast"])
    let failure = await #expect(throws: Failure.self) { try await command.run() }
    #expect(failure?.status == .usage)
    #expect(failure?.message.contains("there is no pricing level \"fast\"; this CPU can run scalar, tables") == true)
  }
}
