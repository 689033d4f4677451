// The script for development certificates: keeps what is good, renews what is not, and leaks no key.

import Foundation
import Testing

@Suite struct DevelopmentCertificatesTests {
  private func make(_ directory: URL, _ options: [String]) throws -> (status: Int32, made: Set<String>, output: String)
  {
    let (status, output) = try TestCertificates.run(TestCertificates.script, options + [directory.path])
    let made = output.split(separator: "\n").filter { $0.hasPrefix("made") }.map {
      String($0.split(separator: "/").last ?? "")
    }
    return (status, Set(made), output)
  }

  @Test func aSecondRunKeepsWhatIsGoodAndRenewsWhatIsNot() throws {
    let directory = TestCertificates.copy("script")
    try FileManager.default.removeItem(at: directory.appendingPathComponent("billing-key.pem"))
    try Data("damaged".utf8).write(to: directory.appendingPathComponent("admin.pem"))
    let options = ["--days", "1", "--dns", "gate.example"]
    #expect(try make(directory, options).made == ["billing.pem", "admin.pem", "server.pem"])
    // Those have no more than a day left, so they are renewed, and the others are kept again.
    #expect(try make(directory, options).made == ["billing.pem", "admin.pem", "server.pem"])
    // Nobody keeps a certificate of an authority that is gone.
    try FileManager.default.removeItem(at: directory.appendingPathComponent("ca.pem"))
    #expect(try make(directory, ["--trust-domain", "example.org"]).made.count == 6)
    #expect(try make(directory, ["--trust-domain", "example.org", "--force"]).made.count == 6)
  }

  @Test func onlyTheOwnerReadsTheKeys() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: TestCertificates.own.path) {
      let attributes = try FileManager.default.attributesOfItem(atPath: TestCertificates.path(name))
      let mode = try #require(attributes[.posixPermissions] as? NSNumber).intValue
      #expect(mode == (name.hasSuffix("-key.pem") ? 0o600 : 0o644), "\(name)")
    }
  }

  @Test(arguments: [
    ["--days", "0"], ["--days"], ["--dns", "a b"], ["--trust-domain", "A/b"], ["--nonsense"], ["a", "b"],
  ])
  func wrongOptionsAreExplained(options: [String]) throws {
    let (status, output) = try TestCertificates.run(TestCertificates.script, options)
    #expect(status == 2)
    #expect(output.hasPrefix("make-dev-certs: "))
  }
}
