// Quotes of many jobs: one call, or as many as the gate's limits take, with a result for each job and a sum for all.

import Testing
import TollgateTestSupport
import TollgateTesting
import TollgateValues
import TollgateWire

@testable import TollgateClient

@Suite struct QuoteBatchTests {
  /// Jobs with and without a price: of one image in five the model is unknown, and some are too large.
  static func jobs(_ count: Int, using random: inout SeededGenerator) -> [Job] {
    (0..<count).map { index in
      Job(
        width: .random(in: 256...2_048, using: &random), height: .random(in: 256...2_048, using: &random),
        steps: .random(in: 0...60, using: &random), count: .random(in: 1...4, using: &random),
        model: index % 5 == 3 ? 900 : .random(in: 0...1, using: &random),
        quality: .init(rawValue: .random(in: 0...2, using: &random)),
        features: .random(using: &random) ? [.preview] : [])
    }
  }

  @Test func aBatchSaysWhatSingleQuotesSay() async throws {
    var random = SeededGenerator()
    let jobs = Self.jobs(60, using: &random)
    try await withInProcessTollgate(.init(role: .auditor)) { client, gate in
      let account = try await gate.openAccount(credits: 1_000_000)
      let batch = try await client.quoteBatch(jobs, for: account, lifetime: .minutes(3)).get()
      #expect(batch.items.count == jobs.count)
      var total = Credits.zero
      for (job, item) in zip(jobs, batch.items) {
        let single = try await client.quote(job, for: account, lifetime: .minutes(3))
        let recipe = "\(job) \(random.recipe)"
        #expect(single.success?.id == item.success?.id, "\(recipe)")
        #expect(single.success?.amount == item.success?.amount, "\(recipe)")
        #expect(
          single.success?.expires == item.success?.expires && single.success?.priceBook == item.success?.priceBook)
        #expect(single.denial?.priceRefusal == item.denial?.priceRefusal && single.denial?.field == item.denial?.field)
        #expect(item.success != nil || item.denial?.message.isEmpty == false)
        total = Credits(microcredits: total.microcredits + (item.success?.amount.microcredits ?? 0))
      }
      #expect(batch.total == total && batch.isCovered && batch.fittingCount == jobs.count)
      #expect(batch.refusedCount >= 12 && batch.refusedCount < 60)
      #expect(batch.available == .test(1_000_000))
    }
  }

  @Test func whatTheAccountLacksIsSaid() async throws {
    try await withInProcessTollgate { client, gate in
      let account = try await gate.openAccount(credits: 10)
      // Four credits each; the refused one costs nothing.
      let jobs = [job, Job(width: 0, height: 1), job, job, job]
      let batch = try await client.quoteBatch(jobs, for: account).get()
      #expect(batch.total == .test(16) && batch.shortfall == .test(6) && !batch.isCovered)
      #expect(batch.fittingCount == 3)
      #expect(batch.items[1].denial?.priceRefusal == 1)
      #expect(batch.items[1].denial?.message.contains("begin at 1") == true)
      let nothing = try await client.quoteBatch([], for: account).get()
      #expect(nothing.items.isEmpty && nothing.isCovered && nothing.available == .test(10))
      let nobody = try await client.quoteBatch(jobs, for: AccountID(high: 9, low: 9)).denial
      #expect(nobody?.reason == .accountUnknown)
    }
  }

  @Test func anItemIsRedeemedSinglyOrInABatchUntilItExpires() async throws {
    try await withInProcessTollgate(.init(role: .worker)) { client, gate in
      let account = try await gate.openAccount(credits: 1_000)
      let jobs = (1...40).map { Job(width: 512, height: 512, count: UInt16($0 % 4 + 1)) }
      let quotes = try await client.quoteBatch(jobs, for: account, lifetime: .minutes(1)).get().items
      let spends = zip(jobs, quotes).map { SpendRequest(account: account, job: $0, quote: $1.success?.id ?? .zero) }
      let single = try await client.authorize(spends[7]).get()
      #expect(single.amount == quotes[7].success?.amount)
      let charged = try await client.charge(spends[8]).get()
      #expect(charged.amount == quotes[8].success?.amount)
      let batch = try await client.authorizeBatch(spends)
      #expect(try batch.map { try $0.get().success?.amount } == quotes.map { $0.success?.amount })
      var wrong = spends
      wrong[3].spend = .job(Job(width: 513, height: 512))
      gate.clock.advance(by: .minutes(2))
      let late = try await client.authorizeBatch(wrong).map { try $0.get() }
      #expect(late.allSatisfy { $0.denial?.reason == .quoteRefused })
      #expect(late[2].denial?.quoteRefusal == .expired && late[3].denial?.quoteRefusal == .mismatched)
      #expect(try await client.authorize(spends[7]).denial?.quoteRefusal == .expired)
    }
  }

  @Test func longBatchesAreSplitAsTheGateDemands() async throws {
    var random = SeededGenerator()
    let jobs = Self.jobs(1_000, using: &random)
    var settings = InProcessTollgate.Settings()
    settings.batchItemsMax = 64
    let parts = try await withInProcessTollgate(settings) { client, gate in
      let account = try await gate.openAccount(credits: 500, id: account)
      _ = try await client.serverInfo()
      let batch = try await client.quoteBatch(jobs, for: account).get()
      // More than the gate takes is refused as a whole, and says the limit.
      let error = await #expect(throws: TollgateError.self) {
        try await client.decide(.quoteBatch, QuoteBatchRequest(account: account, jobs: Array(jobs.prefix(65))), .init())
      }
      #expect(error?.code == .resourceExhausted && error?.outcome == .notProcessed)
      #expect(error?.message.contains("64") == true, "\(error?.message ?? "")")
      return batch
    }
    let whole = try await withInProcessTollgate { client, gate in
      let account = try await gate.openAccount(credits: 500, id: account)
      _ = try await client.serverInfo()
      return try await client.quoteBatch(jobs, for: account).get()
    }
    #expect(parts.items.map { $0.success?.amount } == whole.items.map { $0.success?.amount }, "\(random.recipe)")
    #expect(parts.total == whole.total && parts.shortfall == whole.shortfall && !whole.isCovered)
    #expect(parts.fittingCount == whole.fittingCount && parts.available == whole.available)
  }

  @Test func anAnswerThatDoesNotFitTheQuestionIsABreach() async throws {
    try await withGate(script: { request, peer in
      let reply = QuoteBatchReply(
        expires: .test, book: 1, refused: 0, total: .zero, available: .zero, shortfall: .zero, fitting: 1,
        amounts: [1], quotes: [.zero])
      try peer.reply(request, reply)
    }) { client, _ in
      let error = await #expect(throws: TollgateError.self) { try await client.quoteBatch([job, job], for: account) }
      #expect(error?.code == .protocolViolation)
      let fitting = try await client.quoteBatch([job], for: account).get()
      #expect(fitting.items.count == 1)
    }
  }

  @Test func sumsBeyondAllBoundsStayAtTheLargestNumber() {
    let large = Int64.max / 2 + 1
    func part(_ amounts: [Int64]) -> QuoteBatch {
      QuoteBatch(
        QuoteBatchReply(
          expires: .test, book: 1, refused: 0, total: Credits(microcredits: large), available: .test(5),
          shortfall: Credits(microcredits: large), fitting: 0, amounts: amounts, quotes: amounts.map { _ in .zero }))
    }
    var whole = part([large])
    whole.add(part([large, -200, 1]))
    #expect(whole.total == Credits(microcredits: .max) && whole.fittingCount == 0)
    #expect(whole.shortfall == Credits(microcredits: .max - 5_000_000))
    #expect(whole.items[2].denial?.priceRefusal == 200 && whole.refusedCount == 1)
  }
}
