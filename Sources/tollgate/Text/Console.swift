// Where the output goes: whole writes to standard output and error, and what the terminal there can do.

internal import Foundation

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// One of the two ways out.
enum Console: Int32 {
  case output = 1
  case error = 2

  /// Whether a person looks at it.
  var isTerminal: Bool { isatty(rawValue) == 1 }

  /// Whether colour is welcome: on a terminal that knows it, unless NO_COLOR is set (no-color.org).
  var hasColour: Bool {
    let environment = ProcessInfo.processInfo.environment
    return isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  /// Writes all of it. A reader who left (`tollgate … | head`) ends the program quietly, as in other programs; a full
  /// disk ends it with a message.
  func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { systemWrite(rawValue, $0) }
      if written >= 0 {
        bytes = bytes.dropFirst(written)
      } else if errno == EAGAIN {
        var descriptor = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
        _ = poll(&descriptor, 1, 1_000)
      } else if errno != EINTR {
        if errno == EPIPE { exit(128 + SIGPIPE) }
        if self == .output { Console.error.write("tollgate: cannot write: \(String(cString: strerror(errno)))\n") }
        exit(ExitStatus.failure.rawValue)
      }
    }
  }

  /// The text in an ANSI style, where colour is welcome.
  func styled(_ text: String, _ style: Style) -> String {
    hasColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  enum Style: String {
    case bold = "1"
    case red = "1;31"
    case dim = "2"
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
