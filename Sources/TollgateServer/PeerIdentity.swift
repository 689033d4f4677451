// Who is at the other end: the role and name that a client certificate's URI carries.

package import TollgateTLS
package import TollgateWire

/// A peer that may call. Its URI is the actor that administrative entries name (rule 19).
package struct PeerIdentity: Hashable, Sendable {
  /// `spiffe://<trust domain>/tollgate/<role>/<name>`
  package var uri: String
  package var role: Role

  package init(uri: String, role: Role) {
    self.uri = uri
    self.role = role
  }

  /// Reads the one identity of a certificate, or says what is wrong with it and what would be right.
  package static func of(_ certificate: PeerCertificate, trustDomain: String) -> Result<PeerIdentity, IdentityError> {
    let shape = "spiffe://\(trustDomain)/tollgate/<worker|billing|auditor|admin>/<name>"
    let identities = certificate.uris.compactMap { PeerIdentity(uri: $0, trustDomain: trustDomain) }
    guard let identity = identities.first else {
      let found = certificate.uris.isEmpty ? "no URI" : certificate.uris.joined(separator: ", ")
      return .failure(
        IdentityError(message: "the certificate \(certificate.subject) carries \(found); expected a SAN URI \(shape)"))
    }
    guard identities.count == 1 else {
      return .failure(
        IdentityError(message: "the certificate \(certificate.subject) carries \(identities.count) roles; expected one")
      )
    }
    return .success(identity)
  }

  /// Reads one URI; nil if it is not of this trust domain and shape.
  package init?(uri: String, trustDomain: String) {
    let prefix = "spiffe://\(trustDomain)/tollgate/"
    guard uri.hasPrefix(prefix), uri.utf8.count <= 512 else { return nil }
    let parts = uri.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty, let role = Role(name: parts[0]) else { return nil }
    self.init(uri: uri, role: role)
  }
}

/// Why a certificate gives nobody a role.
package struct IdentityError: Error, Hashable, CustomStringConvertible {
  package var message: String
  package var description: String { message }
}
