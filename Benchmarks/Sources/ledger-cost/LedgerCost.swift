// What the ledger costs: nanoseconds an operation as accounts and lots grow, bytes a record, the longest stall, snapshots.

import ArgumentParser
import TollgateLedger

@main
struct LedgerCost: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger-cost", abstract: "Measures Ledger.apply with full state: time, memory, stalls and snapshots.",
    discussion: """
      Accounts are drawn at random, so every operation misses the caches as far as the tables exceed them. An authorize \
      is captured 64 batches later. The clock of the ledger runs at the rate of about a million operations a second.
      """)

  @Option(parsing: .upToNextOption, help: "Numbers of accounts, one row each.")
  var accounts = [10_000, 100_000, 1_000_000]
  @Option(parsing: .upToNextOption, help: "Lots an account, one row each.") var lots = [1, 10, 100, 1_000, 10_000]
  @Option(help: "Lots in all, in the rows of several lots an account: so many divided by the lots are the accounts.")
  var lotsTotal = 1_000_000
  @Option(help: "Commands of a batch.") var batch = 64
  @Option(help: "Holds that stay open while it is measured.") var holds = 100_000
  @Option(help: "Cycles of authorize and capture that count, in each row.") var cycles = 1_000_000
  @Option(help: "Rounds; the median counts.") var rounds = 5
  @Flag(help: "The fastest round counts: for a machine that others use too.") var fastest = false
  @Flag(help: "Leave the rows of --accounts out.") var lotsOnly = false
  @Flag(help: "Measure no memory and no snapshots, only operations.") var timesOnly = false
  @Flag(help: "Print one JSON object instead of the table.") var json = false

  func validate() throws {
    for (name, value) in [
      ("--lots-total", lotsTotal), ("--batch", batch), ("--holds", holds), ("--rounds", rounds),
      ("--accounts", accounts.min() ?? 0), ("--lots", lots.min() ?? 0),
    ] where value < 1 { throw ValidationError("\(name) must be at least 1") }
    // A capture comes 64 batches after its authorize.
    guard cycles / rounds / batch > 64 else {
      throw ValidationError("--cycles must be more than 64 batches in each round: at least \(65 * batch * rounds)")
    }
  }

  func run() {
    var rows = lotsOnly ? [] : accounts.map { Row(accounts: $0, lots: 1) }
    rows += lots.filter { $0 > 1 }.map { Row(accounts: max(1, lotsTotal / $0), lots: $0) }
    if !timesOnly {
      var kept: [Bench] = []
      for index in rows.indices {
        rows[index].memory = MemoryCost.measure(
          accounts: rows[index].accounts, lots: rows[index].lots, holds: holds, &kept)
      }
    }
    for index in rows.indices { measure(&rows[index]) }
    print(json ? Row.json(rows) : Row.table(rows), terminator: "")
  }

  private func measure(_ row: inout Row) {
    var bench = Bench(accounts: row.accounts, lots: row.lots, batch: batch)
    bench.prepare()
    bench.openHolds(holds)
    var (authorize, capture): ([Double], [Double]) = ([], [])
    for _ in 0..<rounds {
      let cost = bench.measure(cycles: cycles / rounds)
      authorize.append(cost.authorize)
      capture.append(cost.capture)
    }
    (row.authorize, row.capture) = (typical(authorize), typical(capture))
    (row.longestAuthorizes, row.longestCaptures) = (bench.longestAuthorizes, bench.longestCaptures)
    if !timesOnly { row.snapshot = bench.measureSnapshot() }
  }

  private func typical(_ values: [Double]) -> Double { values.sorted()[fastest ? 0 : values.count / 2] }
}
