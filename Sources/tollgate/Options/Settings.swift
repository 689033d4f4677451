// The settings of the connection: read from their sources, judged one by one, and made into a client's configuration.

internal import TollgateClient
internal import TollgateValues

/// Flags of the connection as text, so that every source is judged by the same rules.
struct ConnectionFlags: Hashable {
  var server: String?
  var ca: String?
  var cert: String?
  var key: String?
  var serverName: String?
  var plaintext: String?
  var timeout: String?
  var connections: String?
  var priceBook: String?
}

extension Setting {
  static let server = Setting(
    name: "server", flag: "--server", kind: .text,
    rule: "expected host:port, such as gate.example:\(Settings.portDefault) or [::1]:\(Settings.portDefault)")
  static let ca = Setting(
    name: "ca", flag: "--ca", kind: .path, rule: "expected the path of a PEM file with the authorities of the gate")
  static let cert = Setting(
    name: "cert", flag: "--cert", kind: .path, rule: "expected the path of a PEM file with your certificate")
  static let key = Setting(
    name: "key", flag: "--key", kind: .path, rule: "expected the path of a PEM file with your certificate's private key"
  )
  static let serverName = Setting(
    name: "serverName", flag: "--server-name", kind: .text, rule: "expected the name in the gate's certificate")
  static let plaintext = Setting(
    name: "plaintext", flag: "--plaintext", kind: .flag, rule: "expected true or false")
  static let timeout = Setting(
    name: "timeout", flag: "--timeout", kind: .text, rule: "expected a duration above zero, such as 5s or 1m30s")
  static let connections = Setting(
    name: "connections", flag: "--connections", kind: .number, rule: "expected a whole number from 1 to 64")
  static let priceBook = Setting(
    name: "priceBook", flag: "--price-book", kind: .path, rule: "expected the path of a price book")

  /// Every setting, in the order of the documentation.
  static let all = [server, ca, cert, key, serverName, plaintext, timeout, connections, priceBook]
}

/// The settings in force.
struct Settings {
  static let timeoutDefault = "5s"
  static let connectionsDefault = "1"
  /// The port that tollgated listens on unless told otherwise.
  static let portDefault = 7_420
  static let serverDefault = "127.0.0.1:\(portDefault)"

  /// What was found for each setting; a setting that nobody set has its default, or nothing.
  private(set) var values: [Setting: SettingValue] = [:]
  /// The configuration file that was read.
  let filePath: String?

  /// Finds every setting's value.
  init(_ flags: ConnectionFlags, config: String?, environment: [String: String]) throws(Failure) {
    let sources = try SettingSources(environment: environment, given: config)
    try sources.refuseUnknown(among: Setting.all)
    filePath = sources.filePath
    let given: [Setting: String?] = [
      .server: flags.server, .ca: flags.ca, .cert: flags.cert, .key: flags.key, .serverName: flags.serverName,
      .plaintext: flags.plaintext, .timeout: flags.timeout, .connections: flags.connections,
      .priceBook: flags.priceBook,
    ]
    let defaults: [Setting: String] = [
      .server: Settings.serverDefault, .plaintext: "false", .timeout: Settings.timeoutDefault,
      .connections: Settings.connectionsDefault,
    ]
    for setting in Setting.all {
      let fallback = defaults[setting].map { SettingValue(text: $0, source: "default") }
      values[setting] = try sources.value(setting, flag: given[setting] ?? nil) ?? fallback
    }
  }

  /// The path of the price book that names models, or nil for the one that ships.
  var priceBookPath: String? { values[.priceBook]?.text }

  /// What a client needs to reach the gate.
  func configuration() throws(Failure) -> TollgateClientConfiguration {
    let endpoint = try read(.server) { try Settings.endpoint($0) }
    let isPlain = try read(.plaintext) { try Parse.flag($0) } ?? false
    let timeout = try read(.timeout) { try Parse.positiveTimeSpan($0) } ?? .seconds(5)
    let connections = try read(.connections) { try Parse.number($0, 1...64) } ?? 1
    let security: TollgateClientConfiguration.Security = isPlain ? .plaintextOnLoopback : .tls(try tls())
    var configuration = TollgateClientConfiguration(endpoints: [endpoint].compactMap(\.self), security: security)
    configuration.callTimeout = .nanoseconds(timeout.nanoseconds)
    configuration.connectTimeout = min(configuration.callTimeout, .seconds(5))
    configuration.connections = connections
    configuration.clientName = "tollgate"
    configuration.clientVersion = Tollgate.version
    return configuration
  }

  private func tls() throws(Failure) -> TollgateClientConfiguration.TLS {
    let needed: [Setting] = [.ca, .cert, .key]
    let missing = needed.filter { values[$0] == nil }
    guard missing.isEmpty, let ca = values[.ca], let cert = values[.cert], let key = values[.key] else {
      let names = missing.map { "\($0.flag) (\($0.variable))" }.joined(separator: ", ")
      throw .usage(
        "TLS needs \(names)",
        remedies: [
          "certs/make-dev-certs DIRECTORY, then --ca DIRECTORY/ca.pem --cert DIRECTORY/admin.pem --key DIRECTORY/admin-key.pem",
          "--plaintext, for a gate on this machine that was started so",
        ])
    }
    return TollgateClientConfiguration.TLS(
      certificateChain: cert.text, privateKey: key.text, trustRoots: ca.text, serverName: values[.serverName]?.text)
  }

  /// A setting's value, or an error that names the setting, its source and what would be right.
  private func read<Value>(_ setting: Setting, _ parse: (String) throws -> Value) throws(Failure) -> Value? {
    guard let found = values[setting] else { return nil }
    do {
      return try parse(found.text)
    } catch {
      throw .usage("\(found.source) is \"\(found.text)\": \(setting.rule)")
    }
  }

  /// `host`, `host:port` or `[address]:port`.
  static func endpoint(_ text: String) throws -> TollgateClientConfiguration.Endpoint {
    var host = Substring(text)
    var port = portDefault
    if host.first == "[" {
      guard let end = host.firstIndex(of: "]") else { throw ParseProblem(Setting.server.rule) }
      let rest = host[host.index(after: end)...]
      host = host[host.index(after: host.startIndex)..<end]
      if !rest.isEmpty {
        guard rest.first == ":" else { throw ParseProblem(Setting.server.rule) }
        port = try Parse.number(String(rest.dropFirst()), 1...65_535)
      }
    } else if let colon = host.firstIndex(of: ":"), host.lastIndex(of: ":") == colon {
      port = try Parse.number(String(host[host.index(after: colon)...]), 1...65_535)
      host = host[..<colon]
    }
    guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else {
      throw ParseProblem(Setting.server.rule)
    }
    return TollgateClientConfiguration.Endpoint(host: String(host), port: port)
  }
}
