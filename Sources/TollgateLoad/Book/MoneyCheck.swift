// The proof: what the accounts had, minus what was acknowledged as spent, is what the server says they have.

internal import TollgateLoadReport
internal import TollgateValues
internal import TollgateWire

/// Compares the book with the balances at the end. A pure function, so that tests can falsify either side.
struct MoneyAudit {
  var plan: LoadPlan
  /// At the begin, by account.
  var before: [Standing]
  /// At the end, by account.
  var after: [Standing]
  var book: Book
  /// Accounts with a call whose outcome nobody could find out.
  var uncertain: Set<UInt32> = []

  /// - Parameter seconds: How long the questions took.
  func check(seconds: Double) -> RunReport.MoneyCheck {
    var found: [RunReport.Discrepancy] = book.contradictions.map {
      discrepancy($0.account, $0.figure, $0.expected, $0.found)
    }
    var count = book.contradictionCount
    let expired = expiredByAccount()
    var sums = (granted: Int64(0), captured: Int64(0), held: Int64(0), available: Int64(0))
    for index in after.indices {
      let line = index < book.lines.count ? book.lines[index] : BookLine()
      let (old, new) = (before[index], after[index])
      sums.granted = saturatingSum(sums.granted, saturatingSum(old.available, old.held))
      sums.captured = saturatingSum(sums.captured, line.spent)
      sums.held = saturatingSum(sums.held, new.held)
      sums.available = saturatingSum(sums.available, new.available)
      let account = UInt32(index)
      if uncertain.contains(account) { continue }
      for wrong in judge(account, old, new, line, expired[account] ?? 0) {
        count += 1
        if found.count < RunReport.MoneyCheck.discrepanciesMax { found.append(wrong) }
      }
    }
    return RunReport.MoneyCheck(
      accounts: after.count, uncertain: uncertain.count, granted: sums.granted, captured: sums.captured,
      held: sums.held, available: sums.available, seconds: seconds, discrepancies: found, discrepancyCount: count)
  }

  private func judge(
    _ account: UInt32, _ old: Standing, _ new: Standing, _ line: BookLine, _ expired: Int64
  ) -> [RunReport.Discrepancy] {
    var wrong: [RunReport.Discrepancy] = []
    // Holds of earlier runs may have expired since: they may count as held or as available again.
    let held = line.held &- expired
    if new.held < held || new.held > saturatingSum(held, old.held) {
      wrong.append(discrepancy(account, "held", held, new.held))
    }
    let available = old.available &+ old.held &- line.spent &- new.held
    if new.available != available { wrong.append(discrepancy(account, "available", available, new.available)) }
    return wrong
  }

  /// Micro-credits of our own open holds that had expired when the balance was read.
  private func expiredByAccount() -> [UInt32: Int64] {
    var sums: [UInt32: Int64] = [:]
    for hold in book.open where Int(hold.account) < after.count {
      if hold.expires.nanoseconds <= after[Int(hold.account)].asOf { sums[hold.account, default: 0] &+= hold.amount }
    }
    return sums
  }

  private func discrepancy(
    _ account: UInt32, _ figure: String, _ expected: Int64, _ found: Int64
  ) -> RunReport.Discrepancy {
    RunReport.Discrepancy(
      account: plan.account(account).description, figure: figure, expected: expected, found: found)
  }
}

/// A sum for people: what does not fit is cut to what does.
private func saturatingSum(_ left: Int64, _ right: Int64) -> Int64 {
  let (sum, overflows) = left.addingReportingOverflow(right)
  return overflows ? (left < 0 ? .min : .max) : sum
}

extension Book {
  /// Enters what the holds of doubtful calls show.
  ///
  /// - Returns: The account, if even the hold does not tell.
  mutating func enter(_ finding: Finding) -> UInt32? {
    let record = finding.record
    switch (record.kind, finding.hold) {
    case (.authorize, nil): return nil
    case (.authorize, let view?):
      hold(record.account, view.left.microcredits)
      charge(record.account, view.captured.microcredits)
      if view.state == 0 {
        abandon(
          OpenHold(
            hold: view.hold, account: record.account, amount: view.left.microcredits, expires: view.expires))
      } else {
        settle(record.account, held: view.left.microcredits, taken: 0)
      }
      return nil
    case (.capture, let view?), (.void, let view?), (.extend, let view?):
      if view.state == 0 {
        charge(record.account, view.captured.microcredits)
        settle(record.account, held: view.captured.microcredits, taken: 0)
        abandon(
          OpenHold(
            hold: view.hold, account: record.account, amount: view.left.microcredits, expires: view.expires))
      } else {
        settle(record.account, held: record.amount, taken: view.captured.microcredits)
      }
      return nil
    default: return record.account
    }
  }
}
