// Which connection takes a call, and who waits.

import NIOCore
import NIOEmbedded
import Testing

@testable import TollgateClient

@Suite struct PoolStateTests {
  private let loop = EmbeddedEventLoop()
  private let sink = RecordingSink()

  private func connection(_ name: String) -> ConnectionHandle {
    ConnectionHandle(endpoint: name, number: 0, loop: loop)
  }

  private func call(_ index: Int = 0, deadline: NIODeadline = .distantFuture) -> PreparedCall {
    PreparedCall(frame: ByteBuffer(), deadline: deadline, attempt: 0, sink: sink, index: index)
  }

  private func place(_ pool: inout PoolState, _ index: Int = 0) -> String {
    switch pool.place(call(index)) {
    case .send(let connection): connection.endpoint
    case .wait: "wait"
    case .refuse(let error): "\(error.code)"
    }
  }

  private func expect(_ pool: inout PoolState, _ placement: String, _ location: SourceLocation = #_sourceLocation) {
    let found = place(&pool)
    #expect(found == placement, sourceLocation: location)
  }

  @Test func theConnectionWithTheFewestCallsTakesTheNext() {
    let (a, b) = (connection("a"), connection("b"))
    defer { for handle in [a, b] { handle.closed(nil) } }
    var pool = PoolState(waitingMax: 2)
    _ = pool.add(a, limit: 2)
    _ = pool.add(b, limit: 3)
    let placements = (0..<8).map { place(&pool, $0) }
    #expect(placements == ["a", "b", "a", "b", "b", "wait", "wait", "resourceExhausted"])
    let released = pool.answered(1, on: a)
    #expect(released.map { "\($0.0.endpoint)\($0.1.count)" } == ["a1"])
    #expect(pool.waiting.count == 1)
  }

  @Test func callsWaitForAConnectionAndGoOutTogether() {
    let a = connection("a")
    defer { a.closed(nil) }
    var pool = PoolState(waitingMax: 10)
    let placements = (0..<3).map { place(&pool, $0) }
    #expect(placements == ["wait", "wait", "wait"])
    #expect(!pool.isIdle)
    let released = pool.add(a, limit: 10)
    #expect(released.first?.1.map(\.index) == [0, 1, 2])
  }

  @Test func aDrainingConnectionTakesNoCalls() {
    let (a, b) = (connection("a"), connection("b"))
    defer { for handle in [a, b] { handle.closed(nil) } }
    var pool = PoolState(waitingMax: 10)
    _ = pool.add(a, limit: 10)
    expect(&pool, "a")
    pool.drain(a)
    expect(&pool, "wait")
    let released = pool.add(b, limit: 10)
    #expect(released.map { $0.0.endpoint } == ["b"])
    #expect(!pool.isIdle)
    _ = pool.answered(1, on: a)
    _ = pool.answered(1, on: b)
    #expect(pool.isIdle)
  }

  @Test func whoWaitsTooLongOrNoLongerIsTakenOut() {
    var pool = PoolState(waitingMax: 10)
    let now = NIODeadline.now()
    for index in 0..<3 { _ = pool.place(call(index, deadline: now + .milliseconds(Int64(index) * 100))) }
    sink.giveUp(2)
    let expired = pool.expire(at: now + .milliseconds(50))
    #expect(expired.map(\.index) == [0])
    #expect(pool.waiting.map(\.index) == [1])
  }

  @Test func aClientThatIsShutDownRefuses() {
    var pool = PoolState(waitingMax: 10)
    pool.shutDown()
    expect(&pool, "unavailable")
  }
}
