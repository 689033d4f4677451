// How tollgated ends: the codes of sysexits.h, so that a supervisor can tell what a restart would mend.

internal import NIOCore
internal import TollgateJournal

/// A way to end.
package enum DaemonExit: Int32, CaseIterable, Sendable {
  case ok = 0
  case usage = 64
  case journalUnusable = 65
  case addressUnavailable = 69
  case internalError = 70
  case journalFailed = 74
  case journalBusy = 75
  case configuration = 78

  /// What it means, for --help.
  package var meaning: String {
    switch self {
    case .ok: "ended as asked, or the check found nothing wrong"
    case .usage: "the command line is wrong"
    case .journalUnusable: "the journal is damaged, foreign or newer; a restart does not help"
    case .addressUnavailable: "the address to listen on cannot be had"
    case .internalError: "a fault of this program"
    case .journalFailed: "the journal's medium failed; nothing was answered after that"
    case .journalBusy: "another process has the journal"
    case .configuration: "settings, certificates or price books are wrong: see stderr"
    }
  }

  /// The end that an error leads to.
  package init(_ error: any Error) {
    switch error {
    case let error as JournalError: self = DaemonExit(error.code)
    case is SettingProblems: self = .configuration
    case is IOError, is SocketAddressError: self = .addressUnavailable
    default: self = .internalError
    }
  }

  private init(_ code: JournalError.Code) {
    switch code {
    case .owned: self = .journalBusy
    case .damaged, .foreign, .newer, .diverged: self = .journalUnusable
    default: self = .journalFailed
    }
  }
}

/// Everything that is wrong with the settings.
package struct SettingProblems: Error, Hashable, Sendable, CustomStringConvertible {
  /// At least one.
  package var problems: [SettingProblem]

  package init(_ problems: [SettingProblem]) { self.problems = problems }

  /// One line a problem.
  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
