// Batches and pipelines: one task, few frames, a result for each item.

import Testing
import TollgateValues
import TollgateWire

@testable import TollgateClient

@Suite struct BatchTests {
  @Test func batchesAreSplitAsTheGateDemandsAndKeepTheirOrder() async throws {
    try await withGate(
      welcome: { _ in .test(batchItems: 100) },
      script: { request, peer in
        let items = try request.message(AuthorizeBatchRequest.self).items
        try peer.reply(
          request,
          AuthorizeBatchReply(
            results: items.map { item in
              item.account.low % 5 == 0
                ? AuthorizeResult.denied(
                  .insufficientCredits(
                    shortfall: .test(1), available: .zero, required: .test(1), book: 1, largestCount: 0, smallerSide: 0)
                )
                : AuthorizeResult(
                  status: 0, detailType: 0, outcome: CallOutcome.done.rawValue, flags: 0, hold: item.request.hold,
                  amount: .test(Int64(item.account.low)), expires: .test, book: 1, detail: .zero)
            }))
      }
    ) { client, gate in
      // The first call learns the limit.
      _ = try await client.authorizeBatch([SpendRequest(account: account, job: job)])
      let items = (1...250).map { SpendRequest(account: AccountID(high: 0, low: UInt64($0)), job: job) }
      let results = try await client.authorizeBatch(items)
      #expect(results.count == 250)
      for (index, result) in results.enumerated() {
        let decision = try result.get()
        if (index + 1) % 5 == 0 {
          #expect(decision.denial?.reason == .insufficientCredits)
        } else {
          #expect(decision.success?.amount == .test(Int64(index + 1)))
        }
      }
      #expect(gate.requests.count == 4)
      #expect(gate.requests.allSatisfy { $0.head.request.isZero }, "the items carry the ids")
      let ids = try gate.requests.flatMap { try $0.message(AuthorizeBatchRequest.self).items.map(\.request) }
      #expect(Set(ids).count == 251)
      #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
    }
  }

  @Test func capturesInABatchHaveTheirOwnErrors() async throws {
    try await withGate(script: { request, peer in
      let items = try request.message(CaptureBatchRequest.self).items
      let done = CallOutcome.done.rawValue
      try peer.reply(
        request,
        CaptureBatchReply(
          results: items.enumerated().map { index, item in
            switch index {
            case 0:
              CaptureResult(
                status: 0, detailType: 0, outcome: done, flags: 1, captured: .test(1), left: .zero, closed: true,
                detail: .zero)
            case 1:
              CaptureResult(
                status: 9, detailType: DetailType.holdExpired.rawValue, outcome: done, flags: 0, captured: .zero,
                left: .zero, closed: false, detail: Detail.holdExpired(at: .test).area)
            default:
              CaptureResult(
                status: StatusCode.unavailable.rawValue, detailType: 0, outcome: CallOutcome.notProcessed.rawValue,
                flags: 0, captured: .zero, left: .zero, closed: false, detail: .zero)
            }
          }))
    }) { client, _ in
      let holds = (0..<3).map { CaptureRequest(hold: HoldID(high: 1, low: UInt64($0)), take: .images(1)) }
      let results = try await client.captureBatch(holds)
      #expect(try results[0].get() == .accepted(Captured(amount: .test(1), left: .zero, closed: true), replayed: true))
      #expect(try results[1].get().denial?.holdExpiredAt == .test)
      let error = #expect(throws: TollgateError.self) { try results[2].get() }
      #expect(error?.outcome == .notProcessed)
    }
  }

  @Test func anEmptyBatchAsksNothing() async throws {
    try await withGate(script: FakeGate.helpful) { client, gate in
      let results = try await client.authorizeBatch([])
      #expect(results.isEmpty)
      let replies = await client.pipeline([])
      #expect(replies.isEmpty)
      #expect(gate.requests.isEmpty)
    }
  }

  @Test func aPipelineMixesKindsAndArrivesInFewReads() async throws {
    try await withGate(connections: 2, script: FakeGate.helpful) { client, gate in
      let requests = (0..<1_000).map { index -> PipelinedRequest in
        switch index % 4 {
        case 0: .authorize(SpendRequest(account: account, job: job))
        case 1: .capture(CaptureRequest(hold: HoldID(high: 1, low: 1)))
        case 2: .void(HoldID(high: 1, low: 1))
        default: .extend(HoldID(high: 1, low: 1), lifetime: .minutes(1))
        }
      }
      let before = gate.reads
      let results = await client.pipeline(requests)
      for (index, result) in results.enumerated() {
        switch (index % 4, try result.get()) {
        case (0, .authorized(.accepted)), (1, .captured(.accepted)), (2, .voided(.accepted)), (3, .extended(.accepted)):
          break
        default: Issue.record("answer \(index) is of another kind")
        }
      }
      #expect(gate.reads - before < 300, "calls go out together")
      #expect(Set(gate.requests.map(\.connection)) == [1, 2])
      #expect(Set(gate.requests.map(\.head.request)).count == 1_000)
    }
  }

  @Test func whatFailsInAPipelineIsTriedAgainAlone() async throws {
    try await withGate(script: { request, peer in
      if request.head.attempt == 0, request.head.request.low % 2 == 0 {
        try peer.refuse(request, nil, status: .unavailable, outcome: .notProcessed)
      } else {
        try FakeGate.helpful(request, peer)
      }
    }) { client, gate in
      let results = await client.pipeline((0..<50).map { _ in .void(HoldID(high: 1, low: 1)) })
      #expect(results.allSatisfy { (try? $0.get()) != nil })
      let even = gate.requests.filter { $0.head.attempt == 0 && $0.head.request.low % 2 == 0 }.count
      #expect(gate.requests.count == 50 + even)
    }
  }

  @Test func cancellingAPipelineReturnsAllItems() async throws {
    try await withGate(script: { _, _ in }) { client, gate in
      let task = Task { await client.pipeline((0..<20).map { _ in .void(HoldID(high: 1, low: 1)) }) }
      #expect(await eventually { gate.requests.count == 20 })
      task.cancel()
      let results = await task.value
      #expect(results.count == 20)
      #expect(results.allSatisfy { $0.failureCode == .cancelled })
      #expect(await eventually { gate.cancels.count == 20 })
    }
  }
}

extension Result where Failure == TollgateError {
  var failureCode: TollgateError.Code? {
    if case .failure(let error) = self { error.code } else { nil }
  }
}

extension AuthorizeResult {
  static func denied(_ detail: Detail) -> AuthorizeResult {
    AuthorizeResult(
      status: StatusCode.failedPrecondition.rawValue, detailType: detail.type.rawValue,
      outcome: CallOutcome.done.rawValue, flags: 0, hold: .zero, amount: .zero, expires: .epoch, book: 0,
      detail: detail.area)
  }
}
