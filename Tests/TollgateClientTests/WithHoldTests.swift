// Work under a hold: authorized before, extended during, settled after.

import Testing
import TollgateValues
import TollgateWire

@testable import TollgateClient

@Suite struct WithHoldTests {
  private let spend = SpendRequest(account: account, job: job, lifetime: .milliseconds(60))

  @Test func workIsCapturedWhenItReturns() async throws {
    try await withGate(script: FakeGate.helpful) { client, gate in
      let result = try await client.withHold(spend) { hold in "\(hold.authorization.amount)" }
      guard case .finished(let value, let settlement) = result else {
        Issue.record("refused")
        return
      }
      #expect(value == "3")
      #expect(settlement.success?.closed == true)
      let requests = gate.requests.filter { $0.head.method != .extend }
      #expect(requests.map(\.head.method) == [.authorize, .capture])
      let capture = try requests[1].message(TollgateWire.CaptureRequest.self)
      #expect(capture.hold == requests[0].head.request.hold)
      #expect(capture.takeKind == TakeKind.all)
      #expect(capture.closes)
    }
  }

  @Test func workThatThrowsIsVoided() async throws {
    struct Broken: Error {}
    try await withGate(script: FakeGate.helpful) { client, gate in
      await #expect(throws: Broken.self) { try await client.withHold(spend) { _ in throw Broken() } }
      #expect(gate.requests.map(\.head.method).filter { $0 != .extend } == [.authorize, .void])
    }
  }

  @Test func longWorkIsExtended() async throws {
    try await withGate(script: FakeGate.helpful) { client, gate in
      _ = try await client.withHold(spend) { _ in
        _ = await eventually { gate.requests.filter { $0.head.method == .extend }.count >= 2 }
      }
      let methods = gate.requests.map(\.head.method)
      #expect(methods.filter { $0 == .extend }.count >= 2)
      #expect(methods.last == .capture)
    }
  }

  @Test func aRefusalMeansNoWork() async throws {
    try await withGate(script: { request, peer in try peer.refuse(request, .accountFrozen) }) { client, gate in
      let result = try await client.withHold(spend) { _ in Issue.record("the work ran") }
      guard case .denied(let denial) = result else {
        Issue.record("not refused")
        return
      }
      #expect(denial.reason == .accountFrozen)
      #expect(gate.requests.count == 1)
    }
  }

  @Test func workThatEndsTheHoldItselfIsNotCapturedAgain() async throws {
    try await withGate(script: FakeGate.helpful) { client, gate in
      _ = try await client.withHold(spend) { hold in _ = try await hold.void() }
      // A heartbeat may have gone out on a busy machine; it does not matter.
      let methods = gate.requests.map(\.head.method).filter { $0 != .extend }
      #expect(methods == [.authorize, .void])
    }
  }

  @Test func aCaptureThatFailsIsNotFollowedByAVoid() async throws {
    try await withGate(
      configure: { $0.retry.attemptsMax = 1 },
      script: { request, peer in
        if request.head.method == .capture {
          try peer.refuse(request, nil, status: .unavailable, outcome: .unknown)
        } else {
          try FakeGate.helpful(request, peer)
        }
      }
    ) { client, gate in
      let error = await #expect(throws: TollgateError.self) { try await client.withHold(spend) { _ in } }
      #expect(error?.outcome == .unknown)
      #expect(gate.requests.map(\.head.method).filter { $0 != .extend } == [.authorize, .capture])
    }
  }

  @Test func finishedWorkIsPaidForThoughItsTaskIsCancelled() async throws {
    try await withGate(script: FakeGate.helpful) { client, gate in
      let task = Task {
        try await client.withHold(spend) { _ in
          // Returns as if nothing had happened, once the task is cancelled.
          while !Task.isCancelled { await Task.yield() }
        }
      }
      #expect(await eventually { gate.requests.contains { $0.head.method == .authorize } })
      // The answer must have come, or there is no hold to pay for.
      #expect(await eventually { gate.requests.contains { $0.head.method == .extend } })
      task.cancel()
      guard case .finished(_, let settlement) = try await task.value else {
        Issue.record("refused")
        return
      }
      #expect(settlement.success?.closed == true)
      #expect(gate.requests.last?.head.method == .capture)
    }
  }
}
