// Where values come from: flag over environment over file over default, and a line for everything that is wrong.

import Foundation
import Testing
import TollgateValues

@testable import TollgateDaemon

/// A configuration file that goes away with this value.
final class TemporaryFile {
  let path: String

  init(_ text: String) throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
      "tollgate-settings-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    path = directory.appendingPathComponent("tollgated.json").path
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  deinit { try? FileManager.default.removeItem(at: URL(fileURLWithPath: path).deletingLastPathComponent()) }
}

@Suite struct SettingValuesTests {
  /// Everything that is wrong with a file, without its path.
  private func problems(in text: String) throws -> [String] {
    let file = try TemporaryFile(text)
    let (_, problems) = SettingValues.load(flags: [:], environment: [:], file: file.path)
    return problems.map { $0.description.replacingOccurrences(of: file.path, with: "FILE") }
  }

  @Test func withoutAnythingAllIsDefault() {
    let (values, problems) = SettingValues.load(flags: [:], environment: ["PATH": "/bin"])
    #expect(problems.isEmpty)
    #expect(values.whole(.listenPort) == 7_420)
    #expect(values[.listenPort].origin == .standard)
    #expect(values.span(.drainTimeout) == .seconds(30))
    #expect(values.text(.journalPath) == nil)
    #expect(values[.journalPath].origin == .nowhere)
    #expect(values.texts(.pricingBooks).isEmpty)
  }

  @Test func flagsComeBeforeTheEnvironmentBeforeTheFile() throws {
    let file = try TemporaryFile(
      """
      {"listen": {"host": "file", "port": 1}, "log": {"level": "error"}}
      """)
    let environment = ["TOLLGATED_LISTEN_HOST": "environment", "TOLLGATED_LISTEN_PORT": "2"]
    let (values, problems) = SettingValues.load(
      flags: [.listenHost: "flag"], environment: environment, file: file.path)
    #expect(problems.isEmpty)
    #expect(values.text(.listenHost) == "flag")
    #expect(values[.listenHost].origin == .flag("listen-host"))
    #expect(values.whole(.listenPort) == 2)
    #expect(values[.listenPort].origin == .environment("TOLLGATED_LISTEN_PORT"))
    #expect(values.text(.logLevel) == "error")
    #expect(values[.logLevel].origin == .file(file.path, line: 1))
  }

  @Test func theEnvironmentMayNameTheFileAndTheFlagWins() throws {
    let file = try TemporaryFile(#"{"listen": {"port": 1}}"#)
    let other = try TemporaryFile(#"{"listen": {"port": 2}}"#)
    let environment = ["TOLLGATED_CONFIG": file.path]
    #expect(SettingValues.load(flags: [:], environment: environment).values.whole(.listenPort) == 1)
    let both = SettingValues.load(flags: [:], environment: environment, file: other.path)
    #expect(both.values.whole(.listenPort) == 2)
    #expect(both.problems.isEmpty)
  }

  @Test func everySettingCanComeFromEverySource() throws {
    for setting in Setting.all {
      let text = sample(of: setting)
      let flag = SettingValues.load(flags: [setting: text], environment: [:])
      let environment = SettingValues.load(flags: [:], environment: [setting.environmentName: text])
      let file = try TemporaryFile(json(setting, text))
      let read = SettingValues.load(flags: [:], environment: [:], file: file.path)
      for (values, problems) in [flag, environment, read] {
        #expect(problems.isEmpty, "\(setting.name)")
        #expect(values[setting].value == setting.kind.value(of: text), "\(setting.name)")
        #expect(values[setting].origin != .standard)
      }
    }
  }

  /// A right value that is not the default.
  private func sample(of setting: Setting) -> String {
    switch setting.kind {
    case .text: "example"
    case .path: "/a/path"
    case .paths: "/one.json,/two.json"
    case .whole(let range): "\(range.upperBound)"
    case .span(let range): "\(range.upperBound)"
    case .choice(let names): names[names.count - 1]
    }
  }

  private func json(_ setting: Setting, _ text: String) -> String {
    let value =
      switch setting.kind {
      case .whole: text
      case .paths: "[" + text.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ",") + "]"
      case .text, .path, .span, .choice: "\"\(text)\""
      }
    return setting.components.reversed().reduce(value) { "{\"\($1)\": \($0)}" }
  }

  @Test func pathsOfAFileAreRelativeToIt() throws {
    let file = try TemporaryFile(
      #"{"tls": {"key": "key.pem", "certificate": "/etc/cert.pem"}, "pricing": {"books": ["a.json", "/b.json"]}}"#)
    let directory = URL(fileURLWithPath: file.path).deletingLastPathComponent().path
    let (values, _) = SettingValues.load(flags: [.tlsTrustRoots: "ca.pem"], environment: [:], file: file.path)
    #expect(values.text(.tlsKey) == "\(directory)/key.pem")
    #expect(values.text(.tlsCertificate) == "/etc/cert.pem")
    #expect(values.text(.tlsTrustRoots) == "ca.pem")
    #expect(values.texts(.pricingBooks) == ["\(directory)/a.json", "/b.json"])
  }

  @Test func unknownNamesAreRefusedWithTheNearest() throws {
    #expect(
      try problems(in: "{\n  \"listen\": {\"prot\": 1},\n  \"logg\": {}\n}") == [
        #"FILE:2: there is no setting "listen.prot"; did you mean listen.port?"#,
        #"FILE:3: there is no setting "logg"; tollgated --help lists all"#,
      ])
    let (_, found) = SettingValues.load(
      flags: [:], environment: ["TOLLGATED_LISTEN_PROT": "1", "TOLLGATE_SERVER": "x"])
    #expect(
      found.map(\.description) == [
        #"TOLLGATED_LISTEN_PROT: there is no setting "TOLLGATED_LISTEN_PROT"; did you mean TOLLGATED_LISTEN_PORT?"#
      ])
  }

  @Test(arguments: [
    (#"{"listen": {"port": "80"}}"#, #"listen.port (FILE:1): expected a whole number from 0 to 65535; found "80""#),
    (#"{"listen": {"port": 1.5}}"#, "listen.port (FILE:1): expected a whole number from 0 to 65535; found 1.5"),
    (#"{"listen": {"port": true}}"#, "listen.port (FILE:1): expected a whole number from 0 to 65535; found true"),
    (#"{"listen": {"host": null}}"#, "listen.host (FILE:1): expected a text that is not empty; found null"),
    (#"{"listen": {"host": ""}}"#, #"listen.host (FILE:1): expected a text that is not empty; found """#),
    (#"{"listen": {"host": {}}}"#, "listen.host (FILE:1): expected a text that is not empty; found an object"),
    (#"{"listen": 5}"#, "FILE:1: listen: expected an object of settings; found 5"),
    (#"{"transport": "tcp"}"#, #"transport (FILE:1): expected tls or plaintext; found "tcp""#),
    (#"{"pricing": {"books": ["a", 1]}}"#, "pricing.books (FILE:1): expected a list of paths; found a list"),
    ("[]", "FILE:1: expected an object of settings; found a list"),
    ("{\n\"listen\": }", "FILE:2: not JSON: "), ("", "FILE:1: not JSON: "),
  ])
  func aWrongValueInTheFileIsNamed(_ text: String, _ message: String) throws {
    let found = try problems(in: text)
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix(message) == true, "\(found)")
  }

  @Test func aSettingGivenTwiceIsRefused() throws {
    #expect(
      try problems(in: #"{"log": {"level": "info", "level": "debug"}}"#) == [
        "log.level (FILE:1): given twice in this file"
      ])
  }

  @Test func aFileThatIsMissingIsNamed() {
    let (_, problems) = SettingValues.load(flags: [:], environment: [:], file: "/nowhere/tollgated.json")
    #expect(
      problems.map(\.description) == [
        "/nowhere/tollgated.json:1: the configuration file cannot be read: No such file or directory"
      ])
  }

  @Test func aWrongFlagIsNotHiddenByARightFile() throws {
    let file = try TemporaryFile(#"{"drainTimeout": "5s"}"#)
    let (values, problems) = SettingValues.load(flags: [.drainTimeout: "5"], environment: [:], file: file.path)
    #expect(problems.count == 1)
    #expect(problems.first?.origin == .flag("drain-timeout"))
    #expect(values.span(.drainTimeout) == .seconds(30))
  }
}
