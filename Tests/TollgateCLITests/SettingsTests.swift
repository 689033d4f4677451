// Flag before environment before file before default; and a wrong setting names itself, its source and the remedy.

import Foundation
import Testing
import TollgateClient

@testable import tollgate

@Suite struct SettingsTests {
  /// A folder of its own for each test.
  func folder() throws -> String {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("tollgate-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url.path
  }

  func write(_ text: String, _ name: String = "config.json") throws -> String {
    let path = try folder() + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  func message(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return (error as? Failure)?.message ?? "\(error)" }
    return nil
  }

  @Test func theFlagWinsThenTheEnvironmentThenTheFileThenTheDefault() throws {
    let path = try write(#"{"server": "file:1", "timeout": "3s", "connections": 3, "plaintext": true}"#)
    var flags = ConnectionFlags()
    flags.server = "flag:1"
    let environment = ["TOLLGATE_SERVER": "environment:1", "TOLLGATE_TIMEOUT": "2s", "TOLLGATE_KEY": ""]
    let settings = try Settings(flags, config: path, environment: environment)
    #expect(settings.values[.server] == SettingValue(text: "flag:1", source: "--server"))
    #expect(settings.values[.timeout] == SettingValue(text: "2s", source: "TOLLGATE_TIMEOUT"))
    #expect(settings.values[.connections] == SettingValue(text: "3", source: "\"connections\" in \(path)"))
    #expect(settings.values[.plaintext]?.text == "true")
    #expect(settings.values[.key] == nil)
    let bare = try Settings(ConnectionFlags(), config: nil, environment: [:])
    #expect(bare.values[.server] == SettingValue(text: "127.0.0.1:7420", source: "default"))
  }

  @Test(arguments: Setting.all)
  func everySettingHasItsVariable(_ setting: Setting) throws {
    let settings = try Settings(ConnectionFlags(), config: nil, environment: [setting.variable: "x"])
    #expect(settings.values[setting] == SettingValue(text: "x", source: setting.variable))
  }

  @Test func aSettingsFileIsFoundByVariableAndByDefault() throws {
    let path = try write(#"{"server": "file:1"}"#)
    let given = try Settings(ConnectionFlags(), config: nil, environment: ["TOLLGATE_CONFIG": path])
    #expect(given.filePath == path)
    let home = try folder()
    try FileManager.default.createDirectory(atPath: home + "/.config/tollgate", withIntermediateDirectories: true)
    try Data(#"{"server": "home:1"}"#.utf8).write(to: URL(fileURLWithPath: home + "/.config/tollgate/config.json"))
    let found = try Settings(ConnectionFlags(), config: nil, environment: ["HOME": home])
    #expect(found.values[.server]?.text == "home:1")
  }

  @Test func pathsInTheFileBeginAtItsFolder() throws {
    let path = try write(#"{"ca": "ca.pem", "cert": "/abs/me.pem", "key": "~/me-key.pem"}"#)
    let settings = try Settings(ConnectionFlags(), config: path, environment: ["HOME": "/home/me"])
    let configuration = try settings.configuration()
    guard case .tls(let files) = configuration.security else {
      Issue.record("expected TLS")
      return
    }
    #expect(files.trustRoots == path.replacing("config.json", with: "ca.pem"))
    #expect(files.certificateChain == "/abs/me.pem")
    #expect(files.privateKey == "/home/me/me-key.pem")
  }

  @Test(arguments: [
    ("TOLLGATE_TIMEOUT", "abc", "TOLLGATE_TIMEOUT is \"abc\": expected a duration above zero, such as 5s or 1m30s"),
    ("TOLLGATE_TIMEOUT", "0s", "TOLLGATE_TIMEOUT is \"0s\": expected a duration above zero, such as 5s or 1m30s"),
    ("TOLLGATE_CONNECTIONS", "65", "TOLLGATE_CONNECTIONS is \"65\": expected a whole number from 1 to 64"),
    ("TOLLGATE_PLAINTEXT", "maybe", "TOLLGATE_PLAINTEXT is \"maybe\": expected true or false"),
    (
      "TOLLGATE_SERVER", "host:port",
      "TOLLGATE_SERVER is \"host:port\": expected host:port, such as gate.example:7420 or [::1]:7420"
    ),
  ])
  func aWrongSettingNamesItselfAndWhatWouldBeRight(_ variable: String, _ value: String, _ expected: String) throws {
    let environment = ["TOLLGATE_PLAINTEXT": "true"].merging([variable: value]) { $1 }
    let settings = try Settings(ConnectionFlags(), config: nil, environment: environment)
    #expect(message { _ = try settings.configuration() } == expected)
  }

  @Test func aWrongFileNamesItself() throws {
    let mistyped = try write(#"{"sever": "x:1"}"#)
    let wrongType = try write(#"{"timeout": 5}"#)
    let broken = try write(#"{"server": "#)
    func error(_ path: String) -> String? {
      message { _ = try Settings(ConnectionFlags(), config: path, environment: [:]) }
    }
    #expect(error(mistyped)?.hasPrefix("\"sever\" in \(mistyped) is no setting: settings are server, ca") == true)
    #expect(
      error(wrongType) == "\"timeout\" in \(wrongType) is wrong: expected a duration above zero, such as 5s or 1m30s")
    #expect(error(broken)?.hasPrefix("the configuration file \(broken) is not a JSON object of settings") == true)
    #expect(error("/nonexistent.json")?.contains("/nonexistent.json cannot be opened") == true)
  }

  @Test func tlsSaysWhichFilesAreMissing() throws {
    let settings = try Settings(ConnectionFlags(ca: "ca.pem"), config: nil, environment: [:])
    #expect(message { _ = try settings.configuration() } == "TLS needs --cert (TOLLGATE_CERT), --key (TOLLGATE_KEY)")
  }

  @Test(arguments: [
    ("gate.example", "gate.example", 7_420), ("gate:1", "gate", 1), ("[::1]:9", "::1", 9), ("[::1]", "::1", 7_420),
    ("::1", "::1", 7_420), ("127.0.0.1:7430", "127.0.0.1", 7_430),
  ])
  func serversAreHostsAndPorts(_ text: String, _ host: String, _ port: Int) throws {
    #expect(try Settings.endpoint(text) == TollgateClientConfiguration.Endpoint(host: host, port: port))
  }

  @Test(arguments: ["", ":1", "gate:", "gate:0", "gate:70000", "[::1", "[::1]x", "http://gate:1", "a b:1"])
  func otherServersAreRefused(_ text: String) {
    #expect(throws: (any Error).self) { try Settings.endpoint(text) }
  }

  @Test func oneConnectionAndFiveSecondsAreTheDefaults() throws {
    let configuration = try Settings(ConnectionFlags(plaintext: "true"), config: nil, environment: [:]).configuration()
    #expect(configuration.connections == 1)
    #expect(configuration.callTimeout == .seconds(5))
    #expect(configuration.security == .plaintextOnLoopback)
    #expect(configuration.clientName == "tollgate")
  }
}
