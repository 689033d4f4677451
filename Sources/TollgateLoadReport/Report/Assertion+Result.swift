// How a threshold fared, as a report keeps it.

/// A threshold and whether it held.
package struct AssertionResult: Codable, Equatable, Sendable {
  /// As it was asked for, `p99<5ms`.
  package var assertion: String
  /// What was measured instead, for people.
  package var found: String
  package var held: Bool

  package init(assertion: String, found: String, held: Bool) {
    self.assertion = assertion
    self.found = found
    self.held = held
  }
}
