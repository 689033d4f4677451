// Small files read whole: with a bound, and with the system's own words when it does not work.

internal import Foundation

/// Why a file cannot be used; reads on from its path: `cannot be read: No such file or directory`.
struct FileProblem: Error, CustomStringConvertible {
  var description: String
}

/// All bytes of a file of at most `bytesMax`.
func readFile(_ path: String, bytesMax: Int) throws(FileProblem) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw unreadable() }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 64 << 10)
  while true {
    let count = read(descriptor, &piece, piece.count)
    if count < 0 && errno == EINTR { continue }
    guard count >= 0 else { throw unreadable() }
    guard count > 0 else { return bytes }
    bytes += piece[..<count]
    guard bytes.count <= bytesMax else { throw FileProblem(description: "has more than \(bytesMax) bytes") }
  }
}

private func unreadable() -> FileProblem {
  FileProblem(description: "cannot be read: \(String(cString: strerror(errno)))")
}
