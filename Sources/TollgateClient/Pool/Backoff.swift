// How long to wait before the next attempt, and whether there may be one: pure arithmetic, with chance passed in.

/// Waiting times between attempts to connect.
struct Backoff {
  private let settings: TollgateClientConfiguration.Backoff
  private var current: Duration

  init(_ settings: TollgateClientConfiguration.Backoff) {
    self.settings = settings
    current = settings.initial
  }

  /// The waiting time before the next attempt, spread by chance: `random` is from 0 up to 1.
  mutating func next(random: Double) -> Duration {
    defer { current = min(settings.maximum, current * settings.factor) }
    return current * (1 + settings.jitter * (2 * random - 1))
  }

  /// An attempt succeeded: the next failure starts over.
  mutating func reset() { current = settings.initial }
}

/// A token bucket: retries take a whole token, successes give back a part of one. While the gate is sick the bucket
/// runs dry, and calls fail at once instead of being sent again and again.
struct RetryBudget {
  private let capacity: Double
  private let perSuccess: Double
  private(set) var tokens: Double

  init(_ settings: TollgateClientConfiguration.Retry) {
    capacity = settings.budget
    perSuccess = settings.budgetPerSuccess
    tokens = settings.budget
  }

  mutating func succeeded() { tokens = min(capacity, tokens + perSuccess) }

  /// Takes a token, if there is one.
  mutating func take() -> Bool {
    guard tokens >= 1 else { return false }
    tokens -= 1
    return true
  }
}

/// What is worth another attempt.
struct RetryPolicy: Sendable {
  var settings: TollgateClientConfiguration.Retry

  /// The waiting time before attempt number `attempt` (1 is the first retry), or nil if there should be none.
  /// - Parameters:
  ///   - isRepeatable: whether the call carries an id, or changes nothing.
  ///   - remaining: what is left of the call's timeout.
  ///   - random: from 0 up to 1.
  func delay(
    after error: TollgateError, attempt: Int, isRepeatable: Bool, remaining: Duration, random: Double
  ) -> Duration? {
    guard attempt < settings.attemptsMax, isTransient(error.code) else { return nil }
    switch error.outcome {
    case .notProcessed: break
    case .unknown: guard isRepeatable else { return nil }
    case .done: return nil
    }
    var delay = settings.initialDelay * (1 << min(attempt - 1, 10)) * (0.5 + random)
    if let retryAfter = error.retryAfter { delay = max(delay, retryAfter) }
    return delay < remaining ? delay : nil
  }

  private func isTransient(_ code: TollgateError.Code) -> Bool {
    switch code {
    case .unavailable, .aborted, .resourceExhausted, .protocolViolation: true
    default: false
    }
  }
}
