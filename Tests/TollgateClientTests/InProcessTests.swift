// The client against the real gate, in one process: what applications will write, and that both sides agree.

import Testing
import TollgateTesting
import TollgateValues

@testable import TollgateClient

@Suite struct InProcessTests {
  @Test func aJobIsAuthorizedCapturedAndBooked() async throws {
    try await withInProcessTollgate { client, gate in
      let account = try await gate.openAccount(credits: 50)
      let authorization = try await client.authorize(Job(width: 1_024, height: 1_024, count: 4), for: account).get()
      #expect(authorization.amount == .test(16))
      let part = try await client.capture(authorization.hold, .images(3), closes: true).get()
      #expect(part == Captured(amount: .test(12), left: .zero, closed: true))
      let balance = try await client.balance(of: account).get()
      #expect(balance.available == .test(38))
      #expect(balance.held == .zero)
      #expect(balance.lots.count == 1)
      var kinds: [EntryKind] = []
      for try await entry in client.entries(of: account, pageSize: 2) { kinds.append(entry.kind) }
      #expect(kinds.last == .opened)
      #expect(kinds.contains(.captured) && kinds.contains(.released) && kinds.contains(.held))
    }
  }

  @Test func refusalsSayWhatWouldFit() async throws {
    try await withInProcessTollgate { client, gate in
      let account = try await gate.openAccount(credits: 10)
      let denial = try #require(
        try await client.authorize(Job(width: 1_024, height: 1_024, count: 4), for: account).denial)
      #expect(denial.reason == .insufficientCredits)
      #expect(denial.shortfall == .test(6))
      #expect(denial.largestCountThatFits == 2)
      let nobody = try await client.authorize(job, for: AccountID(high: 9, low: 9)).denial
      #expect(nobody?.reason == .accountUnknown)
    }
  }

  @Test func holdsExpireByTheGatesClock() async throws {
    try await withInProcessTollgate { client, gate in
      let account = try await gate.openAccount(credits: 50)
      let hold = try await client.authorize(job, for: account, lifetime: .minutes(5)).get().hold
      gate.clock.advance(by: .minutes(6))
      let denial = try #require(try await client.capture(hold).denial)
      #expect(denial.reason == .holdExpired)
      let late = try await client.captureLate(hold).get()
      #expect(late.amount == .test(4))
    }
  }

  @Test func theSameIDIsAnsweredTheSameAndAnotherPayloadIsAConflict() async throws {
    try await withInProcessTollgate { client, gate in
      let account = try await gate.openAccount(credits: 50)
      let id = client.ids.next()
      let spend = SpendRequest(account: account, job: job, id: id)
      let first = try await client.authorize(spend)
      let second = try await client.authorize(spend)
      #expect(!first.isReplayed && second.isReplayed)
      #expect(try first.get() == second.get())
      let other = SpendRequest(account: account, job: Job(width: 512, height: 512), id: id)
      let conflict = try #require(try await client.authorize(other).denial)
      #expect(conflict.reason == .payloadConflict)
      #expect(conflict.field?.description == "job.width")
    }
  }

  @Test func everyMethodIsUnderstoodByTheGate() async throws {
    try await withInProcessTollgate { client, gate in
      let account = try await gate.openAccount(credits: 500)
      #expect(try await client.serverInfo().journal == "memory")
      #expect(try await client.describe().methods.contains { $0.name == "authorizeBatch" && $0.isBatch })
      #expect(try await client.health().status == .serving)
      let quote = try await client.quote(job, for: account).get()
      #expect(quote.amount == .test(4))
      #expect(!quote.lines.isEmpty)
      let hold = try await client.authorize(SpendRequest(account: account, job: job, quote: quote.id)).get().hold
      _ = try await client.increase(hold, by: .job(job)).get()
      _ = try await client.extend(hold, lifetime: .hours(1)).get()
      #expect(try await client.hold(hold).get().amount == .test(8))
      #expect(try await client.holds(of: account).get().holds.map(\.hold) == [hold])
      _ = try await client.void(hold).get()
      let charged = try await client.charge(SpendRequest(account: account, spend: .amount(.test(3)))).get()
      #expect(charged.amount == .test(3))
      let page = try await client.entriesPage(of: account, limit: 1).get()
      let refund = try await client.refund(try #require(page.entries.first).number, of: account, reason: "a mistake")
      #expect(try refund.get().amount == .test(3))
      _ = try await client.setAccountState(account, to: .frozen, reason: "a test").get()
      #expect(try await client.authorize(job, for: account).denial?.reason == .accountFrozen)
    }
  }

  @Test func batchesAndPipelinesAgreeWithTheGate() async throws {
    try await withInProcessTollgate { client, gate in
      let account = try await gate.openAccount(credits: 1_000)
      let spends = (0..<300).map { _ in SpendRequest(account: account, job: job) }
      let holds = try await client.authorizeBatch(spends).map { try $0.get() }
      #expect(holds.filter { $0.success != nil }.count == 250, "1,000 credits pay for 250 jobs of 4")
      #expect(holds.last?.denial?.reason == .insufficientCredits)
      let captures = holds.compactMap(\.success).map { CaptureRequest(hold: $0.hold) }
      let captured = try await client.captureBatch(Array(captures.prefix(100))).map { try $0.get() }
      #expect(captured.allSatisfy { $0.success?.closed == true })
      let voided = await client.pipeline(captures.dropFirst(100).map { .void($0.hold) })
      #expect(voided.allSatisfy { $0.failureCode == nil })
      let balance = try await client.balance(of: account).get()
      #expect(balance.available == .test(600))
    }
  }

  @Test func rolesAreKept() async throws {
    try await withInProcessTollgate(.init(role: .worker)) { client, gate in
      let account = try await gate.openAccount(credits: 5)
      _ = try await client.authorize(job, for: account).get()
      let error = await #expect(throws: TollgateError.self) {
        try await client.openAccount(AccountID(high: 3, low: 3), reason: "no")
      }
      #expect(error?.code == .permissionDenied)
    }
  }

  @Test func workUnderAHoldIsPaidFor() async throws {
    try await withInProcessTollgate(.init(role: .worker)) { client, gate in
      let account = try await gate.openAccount(credits: 50)
      let spend = SpendRequest(account: account, job: Job(width: 512, height: 512, count: 2))
      let result = try await client.withHold(spend) { hold in
        _ = try await hold.capture(.images(1)).get()
        return hold.id
      }
      guard case .finished(let hold, let settlement) = result else {
        Issue.record("refused")
        return
      }
      #expect(settlement.success?.closed == true)
      #expect(try await client.hold(hold).get().state == .captured)
    }
  }

  @Test func aCutClientFailsClosedAndSettlesLater() async throws {
    try await withInProcessTollgate(configure: {
      $0.settlement = .init()
      $0.settlement?.interval = .milliseconds(10)
    }) { client, gate in
      let account = try await gate.openAccount(credits: 50)
      let hold = try await client.authorize(job, for: account).get().hold
      gate.cutConnections()
      let options = CallOptions(timeout: .milliseconds(100))
      let refused = await #expect(throws: TollgateError.self) {
        try await client.authorize(job, for: account, options: options)
      }
      #expect(refused?.code == .unavailable)
      let queued = await #expect(throws: TollgateError.self) { try await client.capture(hold, options: options) }
      #expect(queued?.isQueuedForSettlement == true)
      gate.restoreConnections()
      #expect(await eventually { client.unsettledCount == 0 })
      #expect(try await client.hold(hold).get().state == .captured)
    }
  }

  @Test func droppedConnectionsAreMadeAnewAndNothingHappensTwice() async throws {
    try await withInProcessTollgate { client, gate in
      let account = try await gate.openAccount(credits: 1_000)
      async let charges = client.pipeline(
        (0..<200).map { _ in .charge(SpendRequest(account: account, spend: .amount(.test(1)))) })
      gate.dropConnections()
      #expect(await charges.allSatisfy { $0.failureCode == nil })
      let balance = try await client.balance(of: account).get()
      #expect(balance.available == .test(800))
    }
  }

  @Test func healthIsWatched() async throws {
    try await withInProcessTollgate { client, _ in
      for try await report in client.watchHealth() {
        #expect(report.status == .serving)
        break
      }
    }
  }
}
