// A job's way through the real daemon over TLS, and what a restart keeps.

import EndToEndSupport
import Foundation
import Testing
import TollgateClient

@Suite struct JobTests {
  @Test func aJobIsAuthorizedCapturedReleasedAndStandsInTheBook() async throws {
    let daemon = try await Daemon.start(in: Scene.workplace("job"))
    let account = try await Scene.account(50, on: daemon)
    try await daemon.with("worker") { client in
      let hold = try await client.authorize(Scene.job, for: account).get()
      #expect(hold.amount == Scene.amount(24))
      let captured = try await client.capture(hold.hold, .images(3), closes: false).get()
      #expect(captured.amount == Scene.amount(18))
      #expect(captured.left == Scene.amount(6))
      #expect(try await client.void(hold.hold).get().released == Scene.amount(6))
      let balance = try await client.balance(of: account).get()
      #expect(balance.available == Scene.amount(32))
      #expect(balance.held == .zero)
    }
    let kinds = try await daemon.with("auditor") { client in
      var kinds: [EntryKind] = []
      for try await entry in client.entries(of: account, pageSize: 2) {
        kinds.append(entry.kind)
        if entry.kind == .granted { #expect(entry.actor == "spiffe://tollgate.dev/tollgate/billing/dev") }
      }
      return kinds
    }
    #expect(kinds == [.released, .captured, .held, .granted, .opened])
    #expect(await daemon.stop() == 0)
  }

  @Test func rule15_aDenialSaysWhatWouldFit() async throws {
    let daemon = try await Daemon.start(in: Scene.workplace("denial"))
    let account = try await Scene.account(32, on: daemon)
    try await daemon.with("worker") { client in
      let job = Job(width: 1_024, height: 1_024, count: 9, model: 1)
      let denial = try #require(try await client.authorize(job, for: account).denial)
      #expect(denial.reason == .insufficientCredits)
      #expect(denial.shortfall == Scene.amount(22))
      #expect(denial.largestCountThatFits == 5)
    }
    #expect(await daemon.stop() == 0)
  }

  @Test func aRestartKeepsHoldsBalancesAndAnswers() async throws {
    let workplace = try await Scene.workplace("restart")
    let first = try await Daemon.start(in: workplace)
    let account = try await Scene.account(50, on: first)
    let id = RequestIDs().next()
    let options = CallOptions(id: id)
    let hold = try await first.with("worker") {
      try await $0.authorize(Scene.job, for: account, options: options).get()
    }
    #expect(await first.stop() == 0)
    let second = try await Daemon.start(in: workplace)
    try await second.with("worker") { client in
      #expect(
        try await client.authorize(Scene.job, for: account, options: options) == .accepted(hold, replayed: true))
      #expect(try await client.balance(of: account).get().held == Scene.amount(24))
      let late = try await client.capture(hold.hold).get()
      #expect(late.amount == Scene.amount(24))
    }
    #expect(await second.stop() == 0)
    let verified = try await run(Installation.tollgated, ["verify", "--quiet", workplace.file("tollgate.db")])
    #expect(verified.status == 0)
    #expect(verified.output.hasSuffix("ok\n"))
  }

  @Test func theLedgersBoundsFollowTheSettingsAcrossRestarts() async throws {
    let workplace = try await Scene.workplace("bounds")
    let first = try await Daemon.start(in: workplace, ["--ledger-open-holds-max", "1"])
    let account = try await Scene.account(50, on: first)
    let job = Job(width: 512, height: 512)
    try await first.with("worker") { client in
      _ = try await client.authorize(job, for: account).get()
      #expect(try await client.authorize(job, for: account).denial?.reason == .tooManyOpenHolds)
    }
    #expect(await first.stop() == 0)
    let second = try await Daemon.start(in: workplace, ["--ledger-open-holds-max", "2"])
    try await second.with("worker") { client in
      _ = try await client.authorize(job, for: account).get()
      #expect(try await client.authorize(job, for: account).denial?.reason == .tooManyOpenHolds)
    }
    #expect(await second.stop() == 0)
  }

  @Test func verifyNamesTheDamagedRecord() async throws {
    let workplace = try await Scene.workplace("damage")
    let daemon = try await Daemon.start(in: workplace)
    let account = try await Scene.account(50, on: daemon)
    _ = try await daemon.with("worker") { try await $0.authorize(Scene.job, for: account).get() }
    #expect(await daemon.stop() == 0)
    // The reason of the grant stands in a record's bytes: another letter is another record.
    let path = workplace.file("tollgate.db")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let needle = Data("spiffe://tollgate.dev/tollgate/billing/dev".utf8)
    var start = bytes.startIndex
    while let found = bytes.range(of: needle, in: start..<bytes.endIndex) {
      bytes[found.lowerBound] = UInt8(ascii: "S")
      start = found.upperBound
    }
    try bytes.write(to: URL(fileURLWithPath: path))
    let verified = try await run(Installation.tollgated, ["verify", path])
    #expect(verified.status == 65)
    #expect(verified.output.contains("record 1 of"))
  }
}
