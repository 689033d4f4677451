// Who may call: the one identity of a certificate, in the right trust domain and shape.

import Testing
import TollgateTLS
import TollgateWire

@testable import TollgateServer

@Suite struct PeerIdentityTests {
  private func certificate(_ uris: [String]) -> PeerCertificate {
    PeerCertificate(subject: "CN=test", uris: uris, serialNumber: "01", notAfterSeconds: 0, fingerprint: [])
  }

  private func identity(_ uris: [String]) -> PeerIdentity? {
    try? PeerIdentity.of(certificate(uris), trustDomain: "tollgate.dev").get()
  }

  @Test func theRoleIsInTheURI() {
    for (name, role) in [("worker", Role.worker), ("billing", .billing), ("auditor", .auditor), ("admin", .admin)] {
      let uri = "spiffe://tollgate.dev/tollgate/\(name)/machine-1"
      #expect(identity([uri]) == PeerIdentity(uri: uri, role: role))
    }
  }

  @Test func otherURIsOfTheCertificateDoNotMatter() {
    let uri = "spiffe://tollgate.dev/tollgate/worker/a"
    #expect(identity(["https://example.org", uri])?.role == .worker)
  }

  @Test(arguments: [
    "spiffe://other.org/tollgate/admin/a", "spiffe://tollgate.dev/tollgate/root/a",
    "spiffe://tollgate.dev/tollgate/admin",
    "spiffe://tollgate.dev/tollgate/admin/", "spiffe://tollgate.dev/tollgate/admin/a/b",
    "spiffe://tollgate.dev/admin/a",
    "spiffe://tollgate.dev.evil.org/tollgate/admin/a", "SPIFFE://tollgate.dev/tollgate/admin/a",
    "spiffe://tollgate.dev/tollgate/none/a", "",
  ])
  func anythingElseIsNobody(_ uri: String) { #expect(identity([uri]) == nil) }

  @Test func aCertificateHasOneRole() {
    let uris = ["spiffe://tollgate.dev/tollgate/worker/a", "spiffe://tollgate.dev/tollgate/admin/a"]
    guard case .failure(let error) = PeerIdentity.of(certificate(uris), trustDomain: "tollgate.dev") else {
      return #expect(Bool(false))
    }
    #expect(error.message.contains("2 roles"))
  }

  @Test func theErrorSaysWhatWouldBeRight() {
    guard case .failure(let error) = PeerIdentity.of(certificate([]), trustDomain: "tollgate.dev") else {
      return #expect(Bool(false))
    }
    #expect(error.message.contains("spiffe://tollgate.dev/tollgate/<worker|billing|auditor|admin>/<name>"))
  }
}
