// The version of the report files that this build writes.

package enum LoadReportFormat {
  /// Raised when a field of the JSON report changes its meaning.
  package static let version = 1
}
