// Sessions: resumed when they may be, with the peer's certificate, and never beyond what they were made with.

import NIOCore
import Testing

@testable import TollgateTLS

@Suite struct SessionTests {
  private func connect(_ client: TLSContext, _ server: TLSContext, _ cache: TLSSessionCache) throws -> Pair {
    try Pair.connected(client: client, server: server, cache: cache)
  }

  @Test func theSecondConnectionIsResumedAndTheServerStillKnowsTheClient() throws {
    let client = try TLSContext(TestCertificates.client())
    let server = try TLSContext(TestCertificates.server())
    let cache = TLSSessionCache()
    let first = try connect(client, server, cache)
    #expect(!first.client.tls.isResumed && !first.server.tls.isResumed)
    #expect(cache.count(for: "localhost") == 1, "one ticket a handshake")
    // Without a close_notify OpenSSL would spoil the session.
    first.client.vanish()
    for _ in 0..<3 {
      let next = try connect(client, server, cache)
      #expect(next.client.tls.isResumed && next.server.tls.isResumed)
      #expect(next.server.tls.peerCertificate == first.server.tls.peerCertificate)
      #expect(next.client.tls.peerCertificate == first.client.tls.peerCertificate)
      #expect(next.client.seen.negotiated == "tollgate/1")
      #expect(cache.count(for: "localhost") == 1, "each session is used once, and brings the next")
    }
  }

  @Test func withoutACacheEveryHandshakeIsFull() throws {
    let client = try TLSContext(TestCertificates.client())
    let server = try TLSContext(TestCertificates.server())
    _ = try Pair.connected(client: client, server: server)
    #expect(try !Pair.connected(client: client, server: server).client.tls.isResumed)
  }

  @Test func sessionsSurviveACertificateReload() throws {
    let source = try TLSContextSource(TestCertificates.server())
    let client = try TLSContext(TestCertificates.client())
    let cache = TLSSessionCache()
    _ = try connect(client, source.current, cache)
    let old = source.current
    try source.reload()
    #expect(old !== source.current)
    #expect(try connect(client, source.current, cache).server.tls.isResumed)
  }

  @Test func sessionsDoNotOutliveTheTrustRootsTheyWereCheckedAgainst() throws {
    let keys = TLSTicketKeys()
    let client = try TLSContext(TestCertificates.client())
    let cache = TLSSessionCache()
    let server = try TLSContext(TestCertificates.server(), ticketKeys: keys)
    _ = try connect(client, server, cache)
    let strict = try TLSContext(TestCertificates.server(trust: TestCertificates.stranger), ticketKeys: keys)
    let pair = try connect(client, strict, cache)
    #expect(!pair.client.tls.isResumed)
    #expect(pair.server.seen.codes == [.certificateRejected])
  }

  @Test func aClientWithANewCertificateStartsAnew() throws {
    let server = try TLSContext(TestCertificates.server())
    let cache = TLSSessionCache()
    _ = try connect(TLSContext(TestCertificates.client("worker")), server, cache)
    let pair = try connect(TLSContext(TestCertificates.client("admin")), server, cache)
    #expect(!pair.client.tls.isResumed)
    #expect(pair.server.tls.peerCertificate?.uris == ["spiffe://tollgate.dev/tollgate/admin/dev"])
  }

  @Test func aServerWithOtherTicketKeysMakesAFullHandshake() throws {
    let client = try TLSContext(TestCertificates.client())
    let cache = TLSSessionCache()
    _ = try connect(client, TLSContext(TestCertificates.server()), cache)
    let pair = try connect(client, TLSContext(TestCertificates.server()), cache)
    #expect(pair.server.seen.isComplete && !pair.server.tls.isResumed)
  }

  @Test func aTicketOutlivesOneRotationOfItsKeyAndNotTwo() throws {
    let keys = TLSTicketKeys()
    let server = try TLSContext(TestCertificates.server(), ticketKeys: keys)
    let client = try TLSContext(TestCertificates.client())
    let cache = TLSSessionCache()
    _ = try connect(client, server, cache)
    keys.rotate()
    #expect(try connect(client, server, cache).server.tls.isResumed)
    keys.rotate()
    keys.rotate()
    #expect(try !connect(client, server, cache).server.tls.isResumed)
  }

  @Test func ticketKeysChangeWithTheirPeriod() throws {
    let keys = TLSTicketKeys(periodSeconds: 100)
    func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(1_000 + seconds) }
    func opens(_ name: [UInt8], _ now: NIODeadline) -> Bool {
      name.withUnsafeBufferPointer { keys.opening(name: $0, at: now)?.name == name }
    }
    let first = try #require(keys.issuing(at: at(0))?.name)
    #expect(keys.issuing(at: at(99))?.name == first)
    #expect(opens(first, at(99)))
    #expect(opens(first, at(150)))
    #expect(!opens(first, at(200)))
    let second = try #require(keys.issuing(at: at(110))?.name)
    #expect(second != first)
    #expect(opens(first, at(120)))
    #expect(opens(second, at(120)))
    #expect(!opens(first, at(210)))
  }

  @Test func theCacheIsBounded() throws {
    let client = try TLSContext(TestCertificates.client())
    let server = try TLSContext(TestCertificates.server())
    let cache = TLSSessionCache(serverCountMax: 2, sessionsPerServerMax: 2)
    for name in ["localhost", "127.0.0.1", "::1"] {
      // Pairs that shake hands at the same time each get a ticket.
      let pairs = try (0..<3).map { _ in try Pair(client: client, server: server, serverName: name, cache: cache) }
      for pair in pairs { pair.exchange() }
    }
    #expect(cache.count(for: "localhost") == 0, "the server that was longest out of use is forgotten")
    #expect(cache.count(for: "127.0.0.1") == 2)
    #expect(cache.count(for: "::1") == 2)
    cache.removeAll()
    #expect(cache.count(for: "::1") == 0)
  }
}
