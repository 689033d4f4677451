// What the gate decided. A refusal is business and therefore returned; only accidents are thrown.

/// The gate's answer to a request that it understood.
public enum Decision<Success: Sendable>: Sendable {
  /// Accepted. `replayed` says that the same id had been decided before, and that this is the original answer again.
  case accepted(Success, replayed: Bool)
  /// Refused, with the reason and what would mend it. Sticky: to try again, use a new id (rule 9).
  indirect case denied(Denial)

  /// The accepted answer, or nil if the gate refused.
  public var success: Success? {
    if case .accepted(let success, _) = self { success } else { nil }
  }

  /// The refusal, or nil if the gate accepted.
  public var denial: Denial? {
    if case .denied(let denial) = self { denial } else { nil }
  }

  /// Whether the gate had decided this id before.
  public var isReplayed: Bool {
    switch self {
    case .accepted(_, let replayed): replayed
    case .denied(let denial): denial.replayed
    }
  }

  /// The accepted answer; throws the refusal, for callers to whom a refusal is an error.
  public func get() throws(Denial) -> Success {
    switch self {
    case .accepted(let success, _): return success
    case .denied(let denial): throw denial
    }
  }

  /// The same decision about something made of the accepted answer.
  public func map<Other: Sendable>(_ transform: (Success) -> Other) -> Decision<Other> {
    switch self {
    case .accepted(let success, let replayed): .accepted(transform(success), replayed: replayed)
    case .denied(let denial): .denied(denial)
    }
  }
}

extension Decision: Equatable where Success: Equatable {}
extension Decision: Hashable where Success: Hashable {}
