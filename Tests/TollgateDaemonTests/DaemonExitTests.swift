// The exit codes: what a supervisor decides by never changes.

import Testing
import TollgateJournal

@testable import TollgateDaemon

@Suite struct DaemonExitTests {
  @Test(arguments: [
    (JournalError.Code.owned, Int32(75)), (.damaged, 65), (.foreign, 65), (.newer, 65), (.diverged, 65), (.failed, 74),
    (.full, 74), (.notDurable, 74), (.unreachable, 74), (.poisoned, 74),
  ])
  func journalErrorsHaveTheirCodes(_ code: JournalError.Code, _ status: Int32) {
    #expect(DaemonExit(JournalError(code, "test")).rawValue == status)
  }

  @Test func otherErrorsHaveTheirCodes() {
    struct Odd: Error {}
    #expect(DaemonExit(Odd()) == .internalError)
    #expect(DaemonExit(SettingProblems([])) == .configuration)
    #expect(DaemonExit.allCases.map(\.rawValue) == [0, 64, 65, 69, 70, 74, 75, 78])
  }
}
