// What a start needs, made from the settings: everything that can be judged before anything is opened has been judged.

internal import Foundation
package import Logging
internal import TollgateLedger
internal import TollgatePricing
package import TollgateServer
internal import TollgateService
package import TollgateTLS
internal import TollgateValues

/// A start that can be tried.
package struct DaemonPlan: Sendable {
  package var server: ServerConfiguration
  package var journal: JournalPlace
  /// Where certificates come from, to reload them; nil with plaintext.
  package var tls: TLSContextSource?
  package var readyFile: String?
  package var logLevel: Logger.Level
  package var logFormat: LogFormat
  /// What is allowed but should be known, for the log.
  package var warnings: [String]
  /// The settings that it was made from.
  package var values: SettingValues

  package enum JournalPlace: Hashable, Sendable {
    case sqlite(path: String, logBytes: Int)
    case memory
  }

  /// Makes a plan, or says everything that is wrong. Reads certificates and price books, so it blocks for a moment.
  ///
  /// - Parameter problems: What is known to be wrong already, from loading the settings.
  package static func make(
    _ values: SettingValues, problems: [SettingProblem] = []
  ) -> Result<DaemonPlan, SettingProblems> {
    var judge = PlanJudge(values: values, problems: problems)
    let transport = judge.transport()
    let books = judge.priceBooks()
    let journal = judge.journal()
    let connections = judge.connections()
    let readyFile = values.text(.readyFile)
    if let readyFile { judge.requireDirectory(of: readyFile, .readyFile) }
    guard judge.problems.isEmpty, let transport, let books, let journal else {
      return .failure(SettingProblems(judge.problems))
    }
    let server = ServerConfiguration(
      host: values.text(.listenHost) ?? "127.0.0.1", port: values.whole(.listenPort), transport: transport,
      priceBooks: books, ledger: values.ledger,
      snapshots: SnapshotPolicy(commandsMax: values.whole(.snapshotsCommands)), connections: connections,
      drainTimeout: values.span(.drainTimeout))
    var tls: TLSContextSource?
    if case .tls(let source, _) = transport { tls = source }
    return .success(
      DaemonPlan(
        server: server, journal: journal, tls: tls, readyFile: readyFile, logLevel: values.logLevel,
        logFormat: values.logFormat, warnings: judge.warnings, values: values))
  }
}

extension SettingValues {
  /// The least level that is logged.
  package var logLevel: Logger.Level { text(.logLevel).flatMap(Logger.Level.init(rawValue:)) ?? .info }

  package var logFormat: LogFormat { text(.logFormat).flatMap(LogFormat.init(rawValue:)) ?? .text }

  var ledger: LedgerConfiguration {
    LedgerConfiguration(
      dedupWindow: span(.ledgerDedupWindow), futureSkew: span(.ledgerFutureSkew),
      openHoldsPerAccountMax: UInt32(clamping: whole(.ledgerOpenHoldsMax)),
      rememberedMax: whole(.ledgerRememberedMax), lateCaptureWindow: span(.ledgerLateCaptureWindow))
  }

  /// The files of TLS; nil if not all are given.
  package var tlsConfiguration: TLSConfiguration? {
    guard let certificate = text(.tlsCertificate), let key = text(.tlsKey), let roots = text(.tlsTrustRoots) else {
      return nil
    }
    return .server(
      certificateChain: certificate, privateKey: key, trustRoots: roots,
      sessionLifetimeSeconds: Int(span(.tlsSessionLifetime).nanoseconds / 1_000_000_000))
  }
}

extension DaemonPlan {
  /// What a check found, one fact a line.
  package var facts: [String] {
    var facts: [String] = []
    if let certificate = tls?.current.certificate {
      let expires = Instant(nanoseconds: TimeSpan.seconds(certificate.notAfterSeconds).nanoseconds)
      facts.append("certificate  \(certificate.subject), expires \(expires)")
    }
    for book in server.priceBooks.books {
      facts.append("price book   \(book.number) \(book.name), applies from \(book.appliesFrom)")
    }
    return facts
  }
}
