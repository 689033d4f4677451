// All addresses of a name, asked from the system on a thread that may block.

internal import NIOPosix

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

enum NameLookup {
  /// The IP addresses of a name; empty if it has none.
  static func addresses(of host: String) async throws -> Set<String> {
    try await NIOThreadPool.singleton.runIfActive { lookUp(host) }
  }

  private static func lookUp(_ host: String) -> Set<String> {
    var first: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, nil, &first) == 0 else { return [] }
    defer { freeaddrinfo(first) }
    var addresses: Set<String> = []
    var next = first
    while let info = next {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let result = getnameinfo(
        info.pointee.ai_addr, info.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
      if result == 0 {
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        addresses.insert(String(decoding: bytes, as: UTF8.self))
      }
      next = info.pointee.ai_next
    }
    return addresses
  }
}
