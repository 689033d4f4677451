// Who may talk to whom, and what each side is told when it may not.

import NIOCore
import NIOEmbedded
import Testing

@testable import TollgateTLS

@Suite struct HandshakeTests {
  @Test func bothSidesAgreeAndKnowEachOther() throws {
    let pair = try Pair.connected()
    #expect(pair.client.seen.negotiated == "tollgate/1")
    #expect(pair.server.seen.negotiated == "tollgate/1")
    let worker = try #require(pair.server.tls.peerCertificate)
    #expect(worker.uris == ["spiffe://tollgate.dev/tollgate/worker/dev"])
    #expect(worker.subject == "CN=worker dev")
    #expect(worker.fingerprint.count == 32 && worker.fingerprintText.count == 64)
    #expect(worker.notAfterSeconds > currentSeconds() + 80 * 86_400)
    #expect(pair.client.tls.peerCertificate?.subject == "CN=tollgate server")
    #expect(pair.client.tls.peerCertificate?.uris == [])
    #expect(!pair.client.tls.isResumed)
    #expect(pair.client.seen.errors.isEmpty && pair.server.seen.errors.isEmpty)
  }

  @Test func theFingerprintAndSerialAreThoseThatTheToolPrints() throws {
    let path = TestCertificates.path("worker.pem")
    let printed = try TestCertificates.run(
      "openssl", ["x509", "-in", path, "-noout", "-fingerprint", "-sha256", "-serial"]
    ).output.replacing(":", with: "").lowercased()
    let certificate = try #require(try TLSContext(TestCertificates.client()).certificate)
    #expect(printed.contains(certificate.fingerprintText))
    #expect(printed.contains(certificate.serialNumber))
  }

  @Test(arguments: ["localhost", "127.0.0.1", "::1", "[::1]", "localhost."])
  func namesAndAddressesOfTheCertificateAreAccepted(name: String) throws {
    let pair = try Pair(serverName: name)
    pair.exchange()
    #expect(pair.client.seen.isComplete && pair.server.seen.isComplete)
  }

  @Test(arguments: ["example.com", "127.0.0.2", "::2", "tollgate server", "sub.localhost"])
  func anotherNameThanTheCertificatesIsRefused(name: String) throws {
    let pair = try Pair(serverName: name)
    pair.exchange()
    #expect(!pair.client.seen.isComplete)
    // A name with a space in it is refused before it is compared.
    #expect(pair.client.seen.codes == [name.contains(" ") ? .configurationInvalid : .nameMismatch])
    #expect(pair.client.seen.message.contains("'\(name)'"))
    #expect(!pair.server.seen.isComplete)
  }

  @Test(arguments: ["", ".", "[]", "two words", "local\0host", "bücher.example"])
  func whatIsNoServerNameFailsInsteadOfMatchingAnything(name: String) throws {
    let pair = try Pair(serverName: name)
    pair.exchange()
    // The error may come before the recorder stands in the pipeline, but never a handshake.
    #expect(!pair.client.seen.isComplete)
    #expect(pair.client.seen.codes == [.configurationInvalid])
  }

  @Test func withoutANameTheChainStillCounts() throws {
    let pair = try Pair(serverName: nil)
    pair.exchange()
    #expect(pair.client.seen.isComplete)
    let other = try Pair(client: TLSContext(TestCertificates.client(trust: TestCertificates.stranger)), serverName: nil)
    other.exchange()
    #expect(other.client.seen.codes == [.certificateRejected])
  }

  @Test func aServerOfAnotherAuthorityIsRefused() throws {
    let pair = try Pair(server: TLSContext(TestCertificates.server(in: TestCertificates.stranger)))
    pair.exchange()
    #expect(pair.client.seen.codes == [.certificateRejected])
    #expect(pair.client.seen.message.contains("ca.pem"))
    #expect(pair.server.seen.codes == [.certificateRefused])
  }

  @Test func aClientOfAnotherAuthorityLearnsThatItsCertificateWasRefused() throws {
    let pair = try Pair(client: TLSContext(TestCertificates.client(in: TestCertificates.stranger)))
    pair.exchange()
    #expect(pair.server.seen.codes == [.certificateRejected])
    #expect(!pair.server.seen.isComplete)
    #expect(pair.server.tls.peerCertificate == nil)
    // In TLS 1.3 its own handshake had succeeded by then.
    #expect(pair.client.seen.isComplete)
    #expect(pair.client.seen.codes == [.certificateRefused])
    #expect(pair.client.seen.message.contains("the server refused our certificate ('CN=worker dev')"))
  }

  @Test func aServersCertificateIsNoClientsCertificate() throws {
    let pair = try Pair(client: TLSContext(TestCertificates.client("server")))
    pair.exchange()
    #expect(pair.server.seen.codes == [.certificateRejected])
  }

  @Test func aClientsCertificateIsNoServersCertificate() throws {
    let pair = try Pair(server: TLSContext(TestCertificates.server("worker")), serverName: nil)
    pair.exchange()
    #expect(pair.client.seen.codes == [.certificateRejected])
  }

  @Test func aClientWithoutACertificateIsRefused() throws {
    let pair = try Pair(client: TLSContext(TestCertificates.client(nil)))
    pair.exchange()
    #expect(pair.server.seen.codes == [.certificateMissing])
    #expect(pair.client.seen.codes == [.certificateRefused])
    #expect(pair.client.seen.message.contains("without a certificate"))
  }

  @Test func aServerThatDoesNotInsistTakesClientsWithAndWithout() throws {
    let server = try TLSContext(TestCertificates.server(requiresClientCertificate: false))
    let without = try Pair.connected(client: TLSContext(TestCertificates.client(nil)), server: server)
    #expect(without.server.seen.isComplete)
    #expect(without.server.tls.peerCertificate == nil)
    let with = try Pair.connected(server: server)
    #expect(with.server.tls.peerCertificate != nil)
    let stranger = try Pair.connected(
      client: TLSContext(TestCertificates.client(in: TestCertificates.stranger)), server: server)
    #expect(stranger.server.seen.codes == [.certificateRejected])
  }

  @Test func withoutASharedProtocolThereIsNoConnection() throws {
    let pair = try Pair(client: TLSContext(TestCertificates.client(protocols: ["h2", "tollgate/2"])))
    pair.exchange()
    #expect(pair.server.seen.codes == [.protocolMismatch])
    #expect(pair.client.seen.codes == [.protocolMismatch])
    #expect(!pair.server.seen.isComplete && !pair.client.seen.isComplete)
  }

  @Test func theServersOrderOfProtocolsCounts() throws {
    let pair = try Pair.connected(
      client: TLSContext(TestCertificates.client(protocols: ["tollgate/1", "tollgate/2"])),
      server: TLSContext(TestCertificates.server(protocols: ["tollgate/3", "tollgate/2", "tollgate/1"])))
    #expect(pair.client.seen.negotiated == "tollgate/2")
    #expect(pair.server.seen.negotiated == "tollgate/2")
  }

  @Test func aHandshakeThatDoesNotEndIsCutOff() throws {
    var limits = TLSLimits()
    limits.handshakeTimeout = .seconds(3)
    let pair = try Pair(limits: limits)
    pair.loop.advanceTime(by: .seconds(2))
    #expect(pair.server.seen.errors.isEmpty)
    pair.loop.advanceTime(by: .seconds(1))
    #expect(pair.server.seen.codes == [.handshakeTimedOut])
    #expect(pair.client.seen.codes == [.handshakeTimedOut])
    #expect(pair.server.seen.message.contains("within 3.0 s"))
    #expect(!pair.server.channel.isActive)
  }

  @Test func theTimeoutEndsWithTheHandshake() throws {
    let pair = try Pair.connected()
    pair.loop.advanceTime(by: .hours(1))
    #expect(pair.server.channel.isActive && pair.client.channel.isActive)
    #expect(pair.server.seen.errors.isEmpty)
  }

  @Test func aPeerThatLeavesDuringTheHandshakeIsAnError() throws {
    let pair = try Pair()
    pair.server.vanish()
    #expect(pair.server.seen.codes == [.handshakeFailed])
    #expect(pair.server.seen.isInactive)
  }

  @Test func writesBeforeTheHandshakesEndWaitForIt() throws {
    let pair = try Pair()
    let promise = pair.client.channel.eventLoop.makePromise(of: Void.self)
    pair.client.channel.writeAndFlush(ByteBuffer(string: "early"), promise: promise)
    pair.exchange()
    #expect(String(buffer: pair.server.seen.received) == "early")
    try promise.futureResult.wait()
  }

  @Test func theLibrarySaysItsVersion() {
    #expect(openSSLVersion().hasPrefix("OpenSSL 3"))
  }
}
