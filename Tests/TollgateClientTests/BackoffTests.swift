// Waiting times and the retry budget, with chance passed in.

import Testing

@testable import TollgateClient

@Suite struct BackoffTests {
  @Test func pausesGrowToTheMaximumAndStartOverAfterSuccess() {
    var settings = TollgateClientConfiguration.Backoff()
    settings.initial = .milliseconds(100)
    settings.maximum = .milliseconds(500)
    settings.factor = 2
    settings.jitter = 0.5
    var backoff = Backoff(settings)
    let pauses = (0..<4).map { _ in backoff.next(random: 0.5) }
    #expect(pauses == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(500)])
    backoff.reset()
    let spread = [backoff.next(random: 0), backoff.next(random: 1)]
    #expect(spread == [.milliseconds(50), .milliseconds(300)])
  }

  @Test func theBudgetRunsDryAndIsRefilledBySuccesses() {
    var settings = TollgateClientConfiguration.Retry()
    settings.budget = 2
    settings.budgetPerSuccess = 0.5
    var budget = RetryBudget(settings)
    var taken = [budget.take(), budget.take(), budget.take()]
    #expect(taken == [true, true, false])
    budget.succeeded()
    taken = [budget.take()]
    budget.succeeded()
    taken.append(budget.take())
    #expect(taken == [false, true])
    for _ in 0..<100 { budget.succeeded() }
    #expect(budget.tokens == 2)
  }

  @Test(arguments: [
    // code, outcome, repeatable, attempt, expected
    (TollgateError.Code.unavailable, TollgateError.Outcome.notProcessed, false, 1, true),
    (.unavailable, .unknown, true, 1, true),
    (.unavailable, .unknown, false, 1, false),
    (.unavailable, .done, true, 1, false),
    (.unavailable, .notProcessed, true, 4, false),
    (.permissionDenied, .notProcessed, true, 1, false),
    (.invalidArgument, .notProcessed, true, 1, false),
    (.deadlineExceeded, .unknown, true, 1, false),
    (.resourceExhausted, .notProcessed, true, 1, true),
    (.tlsFailed, .notProcessed, true, 1, false),
  ])
  func onlyWhatIsSafeIsTriedAgain(
    _ code: TollgateError.Code, _ outcome: TollgateError.Outcome, _ isRepeatable: Bool, _ attempt: Int, _ again: Bool
  ) {
    let policy = RetryPolicy(settings: TollgateClientConfiguration.Retry())
    let error = TollgateError(code: code, message: "", outcome: outcome)
    let delay = policy.delay(
      after: error, attempt: attempt, isRepeatable: isRepeatable, remaining: .seconds(5), random: 0.5)
    #expect((delay != nil) == again)
  }

  @Test func retriesStayWithinTheTimeoutAndHeedTheGatesHint() {
    let policy = RetryPolicy(settings: TollgateClientConfiguration.Retry())
    var error = TollgateError(code: .unavailable, message: "", outcome: .notProcessed)
    error.retryAfter = .milliseconds(700)
    func delay(_ remaining: Duration) -> Duration? {
      policy.delay(after: error, attempt: 1, isRepeatable: true, remaining: remaining, random: 0.5)
    }
    #expect(delay(.seconds(1)) == .milliseconds(700))
    #expect(delay(.milliseconds(600)) == nil)
  }
}
