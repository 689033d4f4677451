// The settings as flags, for ArgumentParser: it knows them for --help and for completion; what they mean stands in the table.

package import ArgumentParser
internal import Foundation

/// A flag for every setting. All are texts here, so that a wrong one is reported together with all others.
package struct SettingFlags: ParsableArguments {
  @Option(flag: .listenHost) package var listenHost: String?
  @Option(flag: .listenPort) package var listenPort: String?
  @Option(flag: .transport) package var transport: String?
  @Option(flag: .plaintextRole) package var plaintextRole: String?
  @Option(flag: .tlsCertificate) package var tlsCertificate: String?
  @Option(flag: .tlsKey) package var tlsKey: String?
  @Option(flag: .tlsTrustRoots) package var tlsTrustRoots: String?
  @Option(flag: .tlsTrustDomain) package var tlsTrustDomain: String?
  @Option(flag: .tlsSessionLifetime) package var tlsSessionLifetime: String?
  @Option(flag: .journalKind) package var journalKind: String?
  @Option(flag: .journalPath) package var journalPath: String?
  @Option(flag: .journalLogBytes) package var journalLogBytes: String?
  @Option(flag: .snapshotsCommands) package var snapshotsCommands: String?
  @Option(flag: .pricingBooks) package var pricingBooks: String?
  @Option(flag: .ledgerDedupWindow) package var ledgerDedupWindow: String?
  @Option(flag: .ledgerFutureSkew) package var ledgerFutureSkew: String?
  @Option(flag: .ledgerOpenHoldsMax) package var ledgerOpenHoldsMax: String?
  @Option(flag: .ledgerRememberedMax) package var ledgerRememberedMax: String?
  @Option(flag: .ledgerLateCaptureWindow) package var ledgerLateCaptureWindow: String?
  @Option(flag: .connectionsMax) package var connectionsMax: String?
  @Option(flag: .connectionsHandshakes) package var connectionsHandshakes: String?
  @Option(flag: .connectionsHelloTimeout) package var connectionsHelloTimeout: String?
  @Option(flag: .connectionsCallsInFlight) package var connectionsCallsInFlight: String?
  @Option(flag: .connectionsFrameBytes) package var connectionsFrameBytes: String?
  @Option(flag: .connectionsBatchItems) package var connectionsBatchItems: String?
  @Option(flag: .connectionsOutboundBytes) package var connectionsOutboundBytes: String?
  @Option(flag: .connectionsDeadlineMax) package var connectionsDeadlineMax: String?
  @Option(flag: .connectionsPingIntervalMin) package var connectionsPingIntervalMin: String?
  @Option(flag: .connectionsControlFrames) package var connectionsControlFrames: String?
  @Option(flag: .connectionsIdleTimeout) package var connectionsIdleTimeout: String?
  @Option(flag: .connectionsAgeMax) package var connectionsAgeMax: String?
  @Option(flag: .drainTimeout) package var drainTimeout: String?
  @Option(flag: .readyFile) package var readyFile: String?
  @Option(flag: .logLevel) package var logLevel: String?
  @Option(flag: .logFormat) package var logFormat: String?

  package init() {}

  /// What was given.
  package var given: [Setting: String] {
    let all: [(Setting, String?)] = [
      (.listenHost, listenHost),
      (.listenPort, listenPort),
      (.transport, transport),
      (.plaintextRole, plaintextRole),
      (.tlsCertificate, tlsCertificate),
      (.tlsKey, tlsKey),
      (.tlsTrustRoots, tlsTrustRoots),
      (.tlsTrustDomain, tlsTrustDomain),
      (.tlsSessionLifetime, tlsSessionLifetime),
      (.journalKind, journalKind),
      (.journalPath, journalPath),
      (.journalLogBytes, journalLogBytes),
      (.snapshotsCommands, snapshotsCommands),
      (.pricingBooks, pricingBooks),
      (.ledgerDedupWindow, ledgerDedupWindow),
      (.ledgerFutureSkew, ledgerFutureSkew),
      (.ledgerOpenHoldsMax, ledgerOpenHoldsMax),
      (.ledgerRememberedMax, ledgerRememberedMax),
      (.ledgerLateCaptureWindow, ledgerLateCaptureWindow),
      (.connectionsMax, connectionsMax),
      (.connectionsHandshakes, connectionsHandshakes),
      (.connectionsHelloTimeout, connectionsHelloTimeout),
      (.connectionsCallsInFlight, connectionsCallsInFlight),
      (.connectionsFrameBytes, connectionsFrameBytes),
      (.connectionsBatchItems, connectionsBatchItems),
      (.connectionsOutboundBytes, connectionsOutboundBytes),
      (.connectionsDeadlineMax, connectionsDeadlineMax),
      (.connectionsPingIntervalMin, connectionsPingIntervalMin),
      (.connectionsControlFrames, connectionsControlFrames),
      (.connectionsIdleTimeout, connectionsIdleTimeout),
      (.connectionsAgeMax, connectionsAgeMax),
      (.drainTimeout, drainTimeout),
      (.readyFile, readyFile),
      (.logLevel, logLevel),
      (.logFormat, logFormat),
    ]
    return Dictionary(uniqueKeysWithValues: all.compactMap { setting, text in text.map { (setting, $0) } })
  }
}

extension Option where Value == String? {
  /// The flag of a setting, with everything about it in its help.
  fileprivate init(flag setting: Setting) {
    let standard = setting.standard.map { $0.isEmpty ? "" : "default: \($0); " } ?? ""
    self.init(
      name: .customLong(setting.flag),
      help: ArgumentHelp("\(setting.help) (\(standard)\(setting.environmentName))", valueName: setting.kind.valueName),
      completion: setting.kind.completion)
  }
}

extension Setting.Kind {
  fileprivate var valueName: String {
    switch self {
    case .text: "text"
    case .path: "path"
    case .paths: "paths"
    case .whole: "number"
    case .span: "time"
    case .choice(let names): names.joined(separator: "|")
    }
  }

  fileprivate var completion: CompletionKind {
    switch self {
    case .path, .paths: .file()
    case .choice(let names): .list(names)
    case .text, .whole, .span: .default
    }
  }
}

/// What all commands that need the settings take.
package struct SettingArguments: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: ArgumentHelp(
      "JSON file with settings; flags and environment come first (TOLLGATED_CONFIG)", valueName: "path"),
    completion: .file(extensions: ["json"]))
  package var config: String?

  @OptionGroup(title: "Settings")
  package var flags: SettingFlags

  package init() {}

  /// The settings as of now.
  package func load() -> (values: SettingValues, problems: [SettingProblem]) {
    SettingValues.load(flags: flags.given, environment: ProcessInfo.processInfo.environment, file: config)
  }
}
