// Why the system did not do something, in its own words: Foundation's often say only that it could not be done.

internal import Foundation

/// The reason of an error of Foundation, without a full stop.
package func reason(of error: any Error) -> String {
  let outer = error as NSError
  let cause = outer.userInfo[NSUnderlyingErrorKey] as? NSError ?? outer
  if cause.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(truncatingIfNeeded: cause.code))) }
  return outer.localizedDescription.isEmpty ? "unknown error" : outer.localizedDescription
}
