// Streams and pages: health as it changes, an account's book as it is read.

import NIOCore
import Testing
import TollgateValues
import TollgateWire

@testable import TollgateClient

@Suite struct StreamTests {
  @Test func healthIsWatchedWithCreditForAsMuchAsIsRead() async throws {
    try await withGate(script: { request, peer in
      #expect(request.head.method == .healthWatch)
      #expect(request.head.credit == ReplyStream.room)
      for sequence in 0..<request.head.credit {
        try peer.item(
          request, sequence,
          HealthReply(status: HealthStatus.serving.rawValue, since: Instant(nanoseconds: Int64(sequence))))
      }
      peer.later(whenCredited: 16) { peer in
        try? peer.item(request, 16, HealthReply(status: HealthStatus.draining.rawValue, since: .test))
        try? peer.reply(request, EmptyMessage())
      }
    }) { client, gate in
      var reports: [HealthReport] = []
      for try await report in client.watchHealth(of: "ledger") { reports.append(report) }
      #expect(reports.count == 17)
      #expect(reports[3].since.nanoseconds == 3)
      #expect(reports[0].service == "ledger")
      #expect(reports.last?.status == .draining)
      #expect(gate.credits == [8, 8], "each half of the room is granted again")
    }
  }

  @Test func aReaderThatGoesAwayCancelsItsStream() async throws {
    try await withGate(script: { request, peer in
      try peer.item(request, 0, HealthReply(status: 1, since: .test))
    }) { client, gate in
      for try await report in client.watchHealth() {
        #expect(report.status == .serving)
        break
      }
      #expect(await eventually { gate.cancels == gate.requests.map(\.call) })
    }
  }

  @Test func aStreamEndsWithItsConnection() async throws {
    try await withGate(script: { request, peer in
      try peer.item(request, 0, HealthReply(status: 1, since: .test))
      peer.later(.milliseconds(20)) { $0.close() }
    }) { client, _ in
      var count = 0
      let error = await #expect(throws: TollgateError.self) {
        for try await _ in client.watchHealth() { count += 1 }
      }
      #expect(count == 1)
      #expect(error?.code == .unavailable)
    }
  }

  @Test func entriesAreReadPageByPage() async throws {
    try await withGate(script: { request, peer in
      let question = try request.message(EntriesRequest.self)
      // Ten entries, numbered 10 to 1, in pages of four.
      let newest = question.before == 0 ? 10 : question.before - 1
      let oldest = newest > 4 ? newest - 3 : 1
      let entries = stride(from: newest, through: oldest, by: -1).map { EntryView.test($0) }
      try peer.reply(request, EntriesReply(next: oldest > 1 ? oldest : 0, entries: entries))
    }) { client, gate in
      var numbers: [UInt64] = []
      for try await entry in client.entries(of: account, pageSize: 4) { numbers.append(entry.number.rawValue) }
      #expect(numbers == Array((1...10).reversed()))
      #expect(gate.requests.count == 3)
      #expect(try gate.requests[0].message(EntriesRequest.self).limit == 4)
    }
  }

  @Test func aRefusedBookIsAnErrorWithTheRefusalAsItsCause() async throws {
    try await withGate(script: { request, peer in
      try peer.refuse(request, .accountUnknown, status: .notFound)
    }) { client, _ in
      let error = await #expect(throws: TollgateError.self) {
        for try await _ in client.entries(of: account) {}
      }
      #expect((error?.cause as? Denial)?.reason == .accountUnknown)
    }
  }
}

extension EntryView {
  static func test(_ number: UInt64) -> EntryView {
    EntryView(
      number: number, previous: number - 1, at: .test, kind: 3, book: 0, hold: .zero, request: .zero,
      amount: .test(1), available: .test(Int64(number)), held: .zero, job: Spend.amount(.zero).wireJob,
      project: .zero, member: .zero, actor: "spiffe://tollgate.dev/tollgate/billing/dev", reason: "because",
      postings: [PostingView(lot: .zero, from: 0, to: 2, amount: .test(1))])
  }
}
