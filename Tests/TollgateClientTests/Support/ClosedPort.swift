// A port that refuses connections for as long as a test needs it: taken by a socket that does not listen.

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Of a gate that was stopped, the system might give the port to the next test's gate; this one stays taken and closed.
final class ClosedPort: Sendable {
  struct NoSocket: Error { var number: CInt }

  let number: Int
  private let socket: CInt

  init() throws {
    #if os(Linux)
      let type = CInt(SOCK_STREAM.rawValue)
    #else
      let type = SOCK_STREAM
    #endif
    let socket = makeSocket(AF_INET, type, 0)
    guard socket >= 0 else { throw NoSocket(number: errno) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, size) + getsockname(socket, $0, &size) }
    }
    guard status == 0 else {
      let reason = errno
      close(socket)
      throw NoSocket(number: reason)
    }
    self.socket = socket
    number = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(socket) }
}

/// The system's `socket`, whose name the property takes.
private func makeSocket(_ domain: CInt, _ type: CInt, _ protocol: CInt) -> CInt { socket(domain, type, `protocol`) }
