// The client against a small gate: answers, refusals, accidents, and what is tried again.

import NIOCore
import Synchronization
import Testing
import TollgateValues
import TollgateWire

@testable import TollgateClient

/// Runs a client against a gate with a script, and stops both.
func withGate<Value>(
  connections: Int = 1, welcome: @escaping @Sendable (Int) -> Welcome? = { _ in .test() },
  configure: (inout TollgateClientConfiguration) -> Void = { _ in }, script: @escaping FakeGate.Script,
  _ body: (TollgateClient, FakeGate) async throws -> Value
) async throws -> Value {
  let gate = try await FakeGate(welcome: welcome, script: script)
  var configuration = gate.configuration(connections: connections)
  configure(&configuration)
  let result: Result<Value, any Error>
  do {
    result = .success(
      try await withTollgateClient(configuration: configuration, logger: silent) { client in
        // Tests on a busy machine: no test's own timeout should be spent on connecting.
        _ = await eventually { client.pool.connections.count == connections }
        return try await body(client, gate)
      })
  } catch {
    result = .failure(error)
  }
  await gate.stop()
  return try result.get()
}

/// Waits until something is so. Only what never comes about is waited for to the end of twenty seconds.
func eventually(_ condition: @Sendable () -> Bool) async -> Bool {
  for _ in 0..<4_000 {
    if condition() { return true }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return condition()
}

@Suite struct CallTests {
  @Test func anAcceptedCallIsADecision() async throws {
    try await withGate(script: FakeGate.helpful) { client, gate in
      let decision = try await client.authorize(job, for: account, lifetime: .minutes(5))
      let authorization = try decision.get()
      #expect(authorization.amount == .test(3))
      #expect(!decision.isReplayed)
      let request = try #require(gate.requests.first)
      #expect(request.head.request.hold == authorization.hold, "the hold is the request's id")
      #expect(request.head.request.embeddedInstant != nil)
      let message = try request.message(AuthorizeRequest.self)
      #expect(message.account == account)
      #expect(message.job == job)
      #expect(message.lifetime == .minutes(5))
    }
  }

  @Test func idsAndTracesOfTheCallerTravel() async throws {
    try await withGate(script: FakeGate.helpful) { client, gate in
      let id = RequestID(at: .test, randomness: (5, 6))
      let trace = try #require(
        TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
      _ = try await client.void(HoldID(high: 1, low: 1), options: CallOptions(id: id, trace: trace))
      let head = try #require(gate.requests.first?.head)
      #expect(head.request == id)
      #expect(head.trace.traceHigh == 0x0af7_6519_16cd_43dd)
      #expect(head.trace.span == 0xb7ad_6b71_6920_3331)
      #expect(head.trace.flags == 1)
    }
  }

  @Test func replaysAreFlagged() async throws {
    try await withGate(script: { request, peer in
      try peer.reply(request, VoidReply(released: .zero), head: ResponseHead(flags: .replayed))
    }) { client, _ in
      let decision = try await client.void(HoldID(high: 1, low: 1))
      #expect(decision.isReplayed)
    }
  }

  @Test func aRefusalIsReturnedNotThrownAndNotTriedAgain() async throws {
    try await withGate(script: { request, peer in
      let detail = Detail.insufficientCredits(
        shortfall: .test(2), available: .test(1), required: .test(3), book: 1, largestCount: 0, smallerSide: 512)
      try peer.refuse(request, detail, status: .resourceExhausted)
    }) { client, gate in
      let denial = try #require(try await client.authorize(job, for: account).denial)
      #expect(denial.reason == .insufficientCredits)
      #expect(denial.shortfall == .test(2))
      #expect(denial.smallerSideThatFits == 512)
      #expect(denial.message.contains("2 short"))
      #expect(gate.requests.count == 1)
    }
  }

  @Test func accidentsAreThrownWithTheirOutcome() async throws {
    try await withGate(script: { request, peer in
      try peer.refuse(request, .permission(role: 1, needed: 0b100), status: .permissionDenied, outcome: .notProcessed)
    }) { client, gate in
      let error = await #expect(throws: TollgateError.self) { try await client.balance(of: account) }
      #expect(error?.code == .permissionDenied)
      #expect(error?.outcome == .notProcessed)
      #expect(error?.message.contains("billing") == true, "\(error?.message ?? "")")
      #expect(gate.requests.count == 1)
    }
  }

  @Test func whatWasNotProcessedIsTriedAgainWithTheSameID() async throws {
    let count = Mutex(0)
    try await withGate(script: { request, peer in
      let attempt = count.withLock { count in
        count += 1
        return count
      }
      if attempt < 3 {
        try peer.refuse(request, nil, status: .unavailable, outcome: .notProcessed)
      } else {
        try FakeGate.helpful(request, peer)
      }
    }) { client, gate in
      _ = try await client.authorize(job, for: account).get()
      #expect(gate.requests.map(\.head.attempt) == [0, 1, 2])
      #expect(Set(gate.requests.map(\.head.request)).count == 1)
    }
  }

  @Test func aLostAnswerIsAskedForAgainWithTheSameID() async throws {
    try await withGate(script: { request, peer in
      if request.connection == 1 { peer.close() } else { try FakeGate.helpful(request, peer) }
    }) { client, gate in
      _ = try await client.capture(HoldID(high: 1, low: 1)).get()
      #expect(gate.requests.map(\.connection) == [1, 2])
      #expect(Set(gate.requests.map(\.head.request)).count == 1)
      #expect(gate.requests[0].head.attempt == 0 && gate.requests[1].head.attempt >= 1)
    }
  }

  @Test func theBudgetEndsRetriesOfASickGate() async throws {
    try await withGate(
      configure: {
        $0.retry.budget = 5; $0.retry.budgetPerSuccess = 0
      },
      script: { request, peer in try peer.refuse(request, nil, status: .unavailable, outcome: .notProcessed) }
    ) { client, gate in
      for _ in 0..<10 {
        await #expect(throws: TollgateError.self) { try await client.authorize(job, for: account) }
      }
      #expect(gate.requests.count == 15, "ten calls and five retries")
    }
  }

  @Test func aSlowGateEndsInADeadline() async throws {
    try await withGate(script: { _, _ in }) { client, gate in
      let error = await #expect(throws: TollgateError.self) {
        try await client.authorize(job, for: account, options: CallOptions(timeout: .milliseconds(200)))
      }
      #expect(error?.code == .deadlineExceeded)
      #expect(error?.outcome == .unknown)
      #expect(await eventually { gate.requests.count == 1 })
      let timeout = try #require(gate.requests.first?.head.timeoutMicroseconds)
      #expect(timeout > 0 && timeout <= 200_000)
    }
  }

  @Test func cancellingTheTaskReturnsAtOnceAndTellsTheGate() async throws {
    try await withGate(script: { _, _ in }) { client, gate in
      let task = Task { try await client.authorize(job, for: account) }
      #expect(await eventually { gate.requests.count == 1 })
      task.cancel()
      let error = await #expect(throws: TollgateError.self) { try await task.value }
      #expect(error?.code == .cancelled)
      #expect(error?.outcome == .unknown)
      #expect(await eventually { gate.cancels == gate.requests.map(\.call) })
    }
  }

  @Test func manyCallersShareWritesAndGetTheirOwnAnswers() async throws {
    try await withGate(script: { request, peer in
      let hold = try request.message(ExtendRequest.self).hold
      try peer.reply(request, ExtendReply(expires: Instant(nanoseconds: Int64(hold.low))))
    }) { client, gate in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for index in 0..<500 {
          group.addTask {
            let extended = try await client.extend(HoldID(high: 1, low: UInt64(index))).get()
            return extended.expires.nanoseconds == Int64(index)
          }
        }
        for try await isRight in group { #expect(isRight) }
      }
      #expect(gate.requests.count == 500)
    }
  }

  @Test func anUnreadableAnswerIsAViolationOfTheProtocol() async throws {
    try await withGate(script: { request, peer in
      // A flag that is neither 0 nor 1, where CaptureReply has `closed`.
      try peer.reply(request, QuoteReply(quote: .zero, amount: .test(1), expires: .never, book: 9))
    }) { client, _ in
      let error = await #expect(throws: TollgateError.self) { try await client.capture(HoldID(high: 1, low: 1)) }
      #expect(error?.code == .protocolViolation)
    }
  }

  @Test func redirectsSayWhereTheShardLives() async throws {
    try await withGate(
      configure: { $0.retry.attemptsMax = 1 },
      script: { request, peer in
        let detail = Detail.redirect(shard: 3, epoch: 8, address: "gate-b:7430")
        try peer.refuse(request, detail, status: .unavailable, outcome: .notProcessed)
      }
    ) { client, _ in
      let error = await #expect(throws: TollgateError.self) { try await client.authorize(job, for: account) }
      #expect(error?.outcome == .notProcessed)
      #expect(error?.message.contains("gate-b:7430") == true)
    }
  }
}
