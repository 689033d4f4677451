// Captures and voids whose answer is unknown: kept, repeated with the same id, and safe from crashes.

import Foundation
import Synchronization
import Testing
import TollgateTestSupport
import TollgateValues
import TollgateWire

@testable import TollgateClient

@Suite struct SettlementTests {
  private static func item(_ index: UInt64, keepUntil: Instant = .never) -> SettlementItem {
    let actions: [SettlementItem.Action] = [
      .void, .capture(take: .all, closes: true, allowsExcess: false),
      .capture(take: .images(3), closes: false, allowsExcess: false),
      .capture(take: .amount(.test(7)), closes: true, allowsExcess: true),
    ]
    return SettlementItem(
      id: RequestID(high: 1, low: index), hold: HoldID(high: 2, low: index),
      action: actions[Int(index % UInt64(actions.count))], keepUntil: keepUntil)
  }

  private func withFile(_ body: (String) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.path + "/tollgate-settlement-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
  }

  /// The lock may outlive the queue for a moment: in the thread that wrote last, or in a process being started.
  private func reopened(_ path: String) async throws -> SettlementQueue {
    for _ in 0..<200 {
      if let queue = try? SettlementQueue(.init(file: path), logger: silent) { return queue }
      try await Task.sleep(for: .milliseconds(5))
    }
    return try SettlementQueue(.init(file: path), logger: silent)
  }

  @Test func recordsAreReadAsTheyWereWrittenAndDamageIsSeen() {
    var generator = SeededGenerator()
    for index in 0..<8 {
      let record = SettlementRecord.added(SettlementTests.item(UInt64(index), keepUntil: .test))
      var bytes = record.encoded
      #expect(bytes.count == SettlementRecord.bytes)
      #expect(SettlementRecord(bytes) == record)
      let place = Int(generator.next() % UInt64(bytes.count))
      bytes[place] ^= UInt8(1 + generator.next() % 255)
      #expect(SettlementRecord(bytes) == nil, "byte \(place); \(generator.recipe)")
    }
    #expect(
      SettlementRecord(SettlementRecord.settled(RequestID(high: 9, low: 9)).encoded) == .settled(.init(high: 9, low: 9))
    )
  }

  @Test func whatIsUnsettledSurvivesTheProcess() async throws {
    try await withFile { path in
      do {
        let queue = try SettlementQueue(.init(file: path), logger: silent)
        for index in 0..<5 { #expect(await queue.add(SettlementTests.item(UInt64(index)))) }
        await queue.settled([RequestID(high: 1, low: 1), RequestID(high: 1, low: 3)])
      }
      let again = try await reopened(path)
      #expect(again.unsettled == [0, 2, 4].map { SettlementTests.item($0) })
      await again.settled(again.unsettled.map(\.id))
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int == 0, "an empty file begins anew")
    }
  }

  @Test func aTornTailIsCutAndDamageInsideCostsOneRecord() async throws {
    try await withFile { path in
      do {
        let queue = try SettlementQueue(.init(file: path), logger: silent)
        for index in 0..<4 { #expect(await queue.add(SettlementTests.item(UInt64(index)))) }
      }
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      bytes[SettlementRecord.bytes + 5] ^= 0xFF
      bytes.removeLast(11)
      try bytes.write(to: URL(fileURLWithPath: path))
      let again = try await reopened(path)
      #expect(again.unsettled == [0, 2].map { SettlementTests.item($0) })
      // What is added behind the cut is whole.
      #expect(await again.add(SettlementTests.item(9)))
      let file = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(file.count == 4 * SettlementRecord.bytes)
      #expect(SettlementRecord(file.suffix(SettlementRecord.bytes)) == .added(SettlementTests.item(9)))
    }
  }

  @Test func anyCutLeavesWhatWasWholeBefore() async throws {
    try await withFile { path in
      let bytes = (0..<3).flatMap { SettlementRecord.added(SettlementTests.item(UInt64($0))).encoded }
      for length in stride(from: 0, through: bytes.count, by: 7) {
        try Data(bytes.prefix(length)).write(to: URL(fileURLWithPath: path))
        let queue = try await reopened(path)
        #expect(queue.unsettled.count == length / SettlementRecord.bytes)
      }
    }
  }

  @Test func aSecondProcessIsRefused() async throws {
    try await withFile { path in
      let first = try SettlementQueue(.init(file: path), logger: silent)
      let error = #expect(throws: TollgateError.self) { try SettlementQueue(.init(file: path), logger: silent) }
      #expect(error?.message.contains("another process") == true)
      #expect(first.unsettled.isEmpty)
    }
  }

  @Test func aCaptureWithoutAnAnswerIsRepeatedUntilItIsSettled() async throws {
    let isSick = Mutex(true)
    try await withGate(
      configure: {
        $0.settlement = .init()
        $0.settlement?.interval = .milliseconds(10)
        $0.retry.attemptsMax = 1
      },
      script: { request, peer in
        if isSick.withLock({ $0 }) { peer.close() } else { try FakeGate.helpful(request, peer) }
      }
    ) { client, gate in
      let error = await #expect(throws: TollgateError.self) { try await client.capture(HoldID(high: 1, low: 1)) }
      #expect(error?.isQueuedForSettlement == true)
      #expect(error?.outcome == .unknown)
      #expect(client.unsettledCount == 1)
      isSick.withLock { $0 = false }
      #expect(await eventually { client.unsettledCount == 0 })
      #expect(Set(gate.requests.map(\.head.request)).count == 1, "always with the same id")
    }
  }

  @Test func aRefusalSettlesToo() async throws {
    let isSick = Mutex(true)
    try await withGate(
      configure: {
        $0.settlement = .init()
        $0.settlement?.interval = .milliseconds(10)
        $0.retry.attemptsMax = 1
      },
      script: { request, peer in
        if isSick.withLock({ $0 }) {
          try peer.refuse(request, nil, status: .unavailable, outcome: .notProcessed)
        } else {
          try peer.refuse(request, .holdExpired(at: .test))
        }
      }
    ) { client, _ in
      await #expect(throws: TollgateError.self) { try await client.void(HoldID(high: 1, low: 1)) }
      #expect(client.unsettledCount == 1)
      isSick.withLock { $0 = false }
      #expect(await eventually { client.unsettledCount == 0 })
    }
  }

  @Test func whatCanNeverSucceedIsNotQueued() async throws {
    try await withGate(
      configure: { $0.settlement = .init() },
      script: { request, peer in
        try peer.refuse(request, nil, status: .permissionDenied, outcome: .notProcessed)
      }
    ) { client, _ in
      let error = await #expect(throws: TollgateError.self) { try await client.capture(HoldID(high: 1, low: 1)) }
      #expect(error?.isQueuedForSettlement == false)
      #expect(client.unsettledCount == 0)
    }
  }
}
