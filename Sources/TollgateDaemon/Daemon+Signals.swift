// Signals: SIGTERM and SIGINT drain, a second one ends at once, SIGHUP reads certificates and log level again.

internal import Foundation
internal import Logging
internal import ServiceLifecycle
internal import TollgateJournal
internal import TollgateTLS
internal import TollgateValues
internal import UnixSignals

/// The signals that tollgated obeys, from the moment on that this exists.
struct SignalWatch: Sendable {
  let signals: UnixSignalsSequence

  init() async { signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup) }
}

extension Daemon {
  func obey(_ watch: SignalWatch, _ group: ServiceGroup) async {
    var isDraining = false
    for await signal in watch.signals {
      switch signal {
      case .sighup: await reload()
      case _ where isDraining:
        logger.critical("a second \(signal): ending at once, without a snapshot")
        _exit(128 + (signal == .sigint ? SIGINT : SIGTERM))
      default:
        isDraining = true
        logger.info("\(signal): draining; a second one ends at once")
        await group.triggerGracefulShutdown()
      }
    }
  }

  /// Reading files blocks, so it has a thread of its own.
  private func reload() async {
    let thread = WorkerThread(name: "tg-reload")
    defer { thread.stop() }
    await withCheckedContinuation { (continuation: CheckedContinuation<Swift.Void, Never>) in
      thread.run {
        self.reloadNow()
        continuation.resume()
      }
    }
  }

  /// Takes what can change under a running server, each on its own; what is wrong leaves the old in force.
  private func reloadNow() {
    let (values, problems) = reread()
    guard problems.isEmpty else {
      for problem in problems { logger.error("reload: \(problem)") }
      return logger.error("reload: the settings are wrong, so nothing was changed")
    }
    if values.logLevel != sink.level {
      logger.notice("reload: log level", metadata: ["old": "\(sink.level)", "new": "\(values.logLevel)"])
      sink.level = values.logLevel
    }
    reloadCertificates(values)
    let reloaded = [Setting.logLevel, .tlsCertificate, .tlsKey, .tlsTrustRoots]
    for setting in Setting.all where !reloaded.contains(setting) && values[setting].value != plan.values[setting].value
    {
      logger.warning("reload: \(setting.name) has changed, but needs a restart")
    }
  }

  private func reloadCertificates(_ values: SettingValues) {
    guard let tls = plan.tls, var configuration = values.tlsConfiguration else { return }
    configuration.sessionLifetimeSeconds = tls.current.configuration.sessionLifetimeSeconds
    do throws(TLSError) {
      let context = try tls.reload(configuration)
      logger.notice("reload: certificates in force for new connections")
      if let certificate = context.certificate { log(certificate) }
    } catch {
      logger.error("reload: the certificates in force stay: \(error.message)")
    }
  }

  /// Says until when a certificate holds, and warns when that is soon.
  func log(_ certificate: PeerCertificate) {
    let now = Int64(Date().timeIntervalSince1970)
    let expires = Instant(nanoseconds: TimeSpan.seconds(certificate.notAfterSeconds).nanoseconds)
    let days = (certificate.notAfterSeconds - now) / 86_400
    let isSoon = days < Daemon.certificateWarningDays
    logger.log(
      level: isSoon ? .warning : .info, isSoon ? "certificate expires soon: renew it" : "certificate",
      metadata: [
        "subject": "\(certificate.subject)", "expires": "\(expires)", "days": "\(days)",
        "fingerprint": "\(certificate.fingerprintText.prefix(16))",
      ])
  }

  /// A certificate with less than this is warned about.
  static let certificateWarningDays: Int64 = 14
}
