// On real sockets: a large conversation, an alert that survives the close, and peers that are not ours.

import NIOCore
import Testing

@testable import TollgateTLS

@Suite struct LoopbackTests {
  @Test(arguments: [true, false])
  func megabytesComeBackAsTheyWent(readsByItself: Bool) async throws {
    let server = try await LoopbackServer(TLSContext(TestCertificates.server()), readsByItself: readsByItself)
    var message = ByteBuffer()
    for index in 0..<300_017 { message.writeInteger(UInt64(index) &* 0x9E37_79B9_7F4A_7C15) }
    let client = try await LoopbackClient(TLSContext(TestCertificates.client()), port: server.port, message: message)
    #expect(try await client.answer() == message)
    try await client.close()
    try await server.stop()
    #expect(server.codes == [])
  }

  @Test func aRefusedClientReadsWhyAlthoughItWentOnSending() async throws {
    let server = try await LoopbackServer(TLSContext(TestCertificates.server()))
    let context = try TLSContext(TestCertificates.client(in: TestCertificates.stranger))
    // Unread bytes at the server's close would turn the alert into a reset.
    for size in [10, 1_000, 100_000, 1_000_000] {
      let client = try await LoopbackClient(context, port: server.port, message: ByteBuffer(repeating: 1, count: size))
      let error = await #expect(throws: TLSError.self) { try await client.answer() }
      #expect(error?.code == .certificateRefused, "\(String(describing: error))")
    }
    #expect(server.codes == Array(repeating: .certificateRejected, count: 4))
    try await server.stop()
  }

  @Test func theConnectionEndsInGoodOrderWhateverTheServerDidNotRead() async throws {
    let server = try await LoopbackServer(TLSContext(TestCertificates.server()))
    // A handshake record of 16 KiB that is none, and much more than the one read after which the server gives up: a
    // close would make a reset of it, and that is an error here.
    let message = ByteBuffer(bytes: [22, 3, 1, 0x40, 0] + Array(repeating: 63, count: 1 << 20))
    for _ in 0..<5 {
      let heard = try await shout(message, port: server.port)
      #expect(heard.getInteger(at: 0, as: UInt8.self) == 21, "an alert")
    }
    try await server.stop()
  }

  /// Talks to the server with OpenSSL's own client.
  private func ask(
    _ server: LoopbackServer, _ options: [String], client: String? = "worker"
  ) async throws -> (status: Int32, output: String) {
    let identity = client.map {
      ["-cert", TestCertificates.path("\($0).pem"), "-key", TestCertificates.path("\($0)-key.pem")]
    }
    let arguments = [
      "s_client", "-connect", "127.0.0.1:\(server.port)", "-CAfile", TestCertificates.path("ca.pem"),
      "-verify_return_error", "-verify_ip", "127.0.0.1",
    ]
    return try TestCertificates.run("openssl", arguments + (identity ?? []) + options, input: "hello\n")
  }

  @Test func theToolsClientShakesHandsByThePolicy() async throws {
    let server = try await LoopbackServer(TLSContext(TestCertificates.server()))
    let (_, output) = try await ask(server, ["-alpn", "tollgate/1"])
    #expect(output.contains("TLSv1.3, Cipher is TLS_AES_128_GCM_SHA256"))
    #expect(output.contains("ALPN protocol: tollgate/1"))
    #expect(output.contains("Server Temp Key: X25519"))
    #expect(output.contains("Verify return code: 0 (ok)"))
    try await server.stop()
  }

  @Test func olderVersionsAreRefused() async throws {
    let server = try await LoopbackServer(TLSContext(TestCertificates.server()))
    let (status, output) = try await ask(server, ["-alpn", "tollgate/1", "-tls1_2"])
    #expect(status != 0)
    #expect(output.contains("alert protocol version"))
    #expect(server.codes == [.versionUnsupported])
    try await server.stop()
  }

  @Test func aClientThatOffersNoProtocolIsRefused() async throws {
    let server = try await LoopbackServer(TLSContext(TestCertificates.server()))
    let (status, output) = try await ask(server, [])
    #expect(status != 0)
    #expect(output.contains("no application protocol"))
    #expect(server.codes == [.protocolMismatch])
    try await server.stop()
  }

  @Test(arguments: ["P-384", "X448", "ffdhe2048"])
  func groupsOutsideThePolicyAreRefused(group: String) async throws {
    let server = try await LoopbackServer(TLSContext(TestCertificates.server()))
    #expect(try await ask(server, ["-alpn", "tollgate/1", "-groups", group]).status != 0)
    #expect(server.codes == [.handshakeFailed])
    try await server.stop()
  }
}
