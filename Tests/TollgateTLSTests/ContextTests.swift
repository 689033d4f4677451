// Files and configurations: what is wrong is named, and a reload that fails changes nothing.

import Foundation
import NIOCore
import Testing

@testable import TollgateTLS

@Suite struct ContextTests {
  private func failure(_ configuration: TLSConfiguration, nowSeconds: Int64? = nil) -> TLSError? {
    do {
      _ = try TLSContext(configuration, nowSeconds: nowSeconds)
      return nil
    } catch {
      return error
    }
  }

  private func path(_ name: String) -> String { TestCertificates.path(name) }

  private func server(chain: String? = nil, key: String? = nil, roots: String? = nil) -> TLSConfiguration {
    .server(
      certificateChain: chain ?? path("server.pem"), privateKey: key ?? path("server-key.pem"),
      trustRoots: roots ?? path("ca.pem"))
  }

  /// A file of the test's own.
  private func file(_ contents: some Sequence<UInt8>) throws -> String {
    let file = TestCertificates.makeDirectory("files").appendingPathComponent("file.pem")
    try Data(contents).write(to: file)
    return file.path
  }

  private func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

  private func expect(
    _ configuration: TLSConfiguration, _ code: TLSError.Code, _ words: String...,
    location: SourceLocation = #_sourceLocation
  ) {
    let error = failure(configuration)
    #expect(error?.code == code, sourceLocation: location)
    for word in words {
      #expect(error?.message.contains(word) == true, "\(String(describing: error))", sourceLocation: location)
    }
  }

  @Test func theOwnCertificateIsKnown() throws {
    let certificate = try #require(try TLSContext(server()).certificate)
    #expect(certificate.subject == "CN=tollgate server")
    #expect(abs(certificate.notAfterSeconds - currentSeconds() - 90 * 86_400) < 600)
  }

  @Test func aMissingFileIsNamed() {
    expect(server(chain: "/nowhere/a.pem"), .fileUnreadable, "certificate chain file /nowhere/a.pem", "No such file")
    expect(server(key: "/nowhere/b.pem"), .fileUnreadable, "private key file /nowhere/b.pem")
    expect(server(roots: "/nowhere/c.pem"), .fileUnreadable, "trust roots file /nowhere/c.pem")
  }

  @Test func aDirectoryIsNoFile() {
    expect(server(roots: TestCertificates.own.path), .fileUnreadable, "directory")
  }

  @Test func aFileOfTheWrongKindSaysWhatItHolds() throws {
    expect(server(chain: path("server-key.pem")), .fileMalformed, "holds 'PRIVATE KEY'", "'CERTIFICATE'")
    expect(server(key: path("server.pem")), .fileMalformed, "holds 'CERTIFICATE'", "'PRIVATE KEY'")
    expect(server(roots: try file([])), .fileMalformed, "holds nothing")
    expect(server(roots: try file("hello\n".utf8)), .fileMalformed, "no PEM at all")
  }

  @Test func aDamagedCertificateIsNotSkipped() throws {
    let good = try text("server.pem")
    let bad = good.replacing("MII", with: "M!!", maxReplacements: 1)
    expect(server(chain: try file((good + bad).utf8)), .fileMalformed, "damaged")
    expect(server(chain: try file(good.utf8.dropLast(40))), .fileMalformed)
  }

  @Test func aFileThatIsTooLargeIsNotRead() throws {
    expect(
      server(roots: try file(repeatElement(UInt8(ascii: "a"), count: TLSPolicy.fileBytesMax + 1))), .fileUnreadable,
      "too large")
  }

  @Test func aKeyOfAnotherCertificateIsRefused() throws {
    expect(server(key: path("worker-key.pem")), .keyMismatch, "worker-key.pem", "server.pem")
    let reversed = try file((text("ca.pem") + text("server.pem")).utf8)
    expect(server(chain: reversed), .keyMismatch, "must come first")
  }

  @Test func anEncryptedKeyIsRefusedWithoutAskingForItsPassphrase() throws {
    let target = try file([])
    try TestCertificates.run(
      "openssl", ["pkcs8", "-topk8", "-in", path("server-key.pem"), "-out", target, "-passout", "pass:secret"])
    expect(server(key: target), .fileMalformed, "encrypted", "passphrase")
  }

  @Test func anExpiredCertificateIsRefused() throws {
    let late = failure(server(), nowSeconds: currentSeconds() + 100 * 86_400)
    #expect(late?.code == .certificateExpired)
    #expect(late?.message.contains("server.pem") == true && late?.message.contains("expired 10 days ago") == true)
    let early = failure(server(), nowSeconds: currentSeconds() - 86_400)
    #expect(early?.message.contains("holds only in") == true)
    let never = failure(
      .client(certificateChain: nil, privateKey: nil, trustRoots: path("ca.pem")), nowSeconds: .max / 2)
    #expect(never?.message.contains("ca.pem: every authority in it has expired") == true)
  }

  @Test func impossibleConfigurationsAreRefused() {
    var half = TestCertificates.client()
    half.privateKey = nil
    expect(half, .configurationInvalid, "both or neither")
    var bare = TestCertificates.server()
    (bare.privateKey, bare.certificateChain) = (nil, nil)
    expect(bare, .configurationInvalid, "a server needs")
    expect(TestCertificates.server(protocols: []), .configurationInvalid)
    expect(TestCertificates.client(protocols: [""]), .configurationInvalid)
  }

  @Test func aChainWithItsRootAndABundleOfRootsWork() throws {
    let chain = try file((text("server.pem") + text("ca.pem")).utf8)
    let stranger = try String(
      contentsOfFile: TestCertificates.path("ca.pem", in: TestCertificates.stranger), encoding: .utf8)
    let bundle = try file((stranger + text("ca.pem") + text("ca.pem")).utf8)
    let pair = try Pair.connected(server: TLSContext(server(chain: chain, roots: bundle)))
    #expect(pair.server.seen.isComplete)
  }

  @Test func aReloadGivesNewConnectionsTheNewCertificateAndDropsNoOldOne() throws {
    let directory = TestCertificates.copy("reload")
    let source = try TLSContextSource(TestCertificates.server(in: directory, trust: directory))
    let old = try Pair.connected(server: source.current)
    let oldCertificate = try #require(old.client.tls.peerCertificate)

    let options = ["--dns", "gate.example", directory.path]
    #expect(try TestCertificates.run(TestCertificates.script, options).status == 0)
    let reloaded = try source.reload()
    #expect(reloaded === source.current)
    let new = try Pair(server: source.current, serverName: "gate.example")
    new.exchange()
    #expect(new.client.seen.isComplete)
    #expect(new.client.tls.peerCertificate != oldCertificate)
    old.client.write(Array("still here".utf8))
    old.exchange()
    #expect(String(buffer: old.server.seen.received) == "still here")

    // A reload that fails changes nothing.
    try FileManager.default.removeItem(at: directory.appendingPathComponent("server-key.pem"))
    #expect(throws: TLSError.self) { try source.reload() }
    #expect(source.current === reloaded)
  }
}
