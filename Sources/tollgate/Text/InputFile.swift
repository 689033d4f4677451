// Reads the files that commands are given, within bounds, with errors that name the file.

internal import Foundation

enum InputFile {
  /// Bytes of a batch file at most.
  static let batchBytesMax = 64 << 20

  /// The bytes of a file; `-` is standard input.
  static func read(_ path: String, bytesMax: Int, purpose: String) throws(Failure) -> [UInt8] {
    let data: Data
    do {
      guard let handle = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path) else {
        throw Failure.usage("the \(purpose) \(path) cannot be opened: check that it exists and may be read")
      }
      data = try handle.read(upToCount: bytesMax + 1) ?? Data()
    } catch let failure as Failure {
      throw failure
    } catch {
      throw .usage("the \(purpose) \(path) cannot be read: \(reason(error))")
    }
    guard data.count <= bytesMax else {
      throw .usage("the \(purpose) \(path) has more than \(bytesMax) bytes, the most that are read")
    }
    return Array(data)
  }

  /// The most telling words of a Foundation error.
  static func reason(_ error: any Error) -> String {
    if case .dataCorrupted(let context) = error as? DecodingError { return context.debugDescription }
    let error = error as NSError
    return error.userInfo[NSDebugDescriptionErrorKey] as? String ?? error.localizedDescription
  }
}
