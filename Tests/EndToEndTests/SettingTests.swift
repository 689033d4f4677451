// The command line from outside: wrong settings stop the start with a line each, help and completion name them all.

import EndToEndSupport
import Foundation
import Testing

@Suite struct SettingTests {
  @Test func everyWrongSettingHasALineAndStopsTheStart() async throws {
    let workplace = try await Scene.workplace("wrong")
    try workplace.write(
      """
      {
        "listen": { "prot": 7420 },
        "connections": { "max": "many" }
      }
      """, to: "tollgated.json")
    let file = workplace.file("tollgated.json")
    let started = try await run(
      Installation.tollgated, ["--config", file, "--listen-port", "99999", "--journal-path", "/nowhere/a.db"],
      environment: ["TOLLGATED_DRAIN_TIMEOUT": "soon", "TOLLGATED_LOG_LEVL": "info"])
    #expect(started.status == 78)
    let lines = started.output.split(separator: "\n").map(String.init)
    let expected = [
      "\(file):2: there is no setting \"listen.prot\"; did you mean listen.port?",
      "connections.max (\(file):3): expected a whole number from 1 to 1000000; found \"many\"",
      "listen.port (--listen-port): expected a whole number from 0 to 65535; found \"99999\"",
      "journal.path (--journal-path): there is no directory /nowhere; make it first",
      "drainTimeout (TOLLGATED_DRAIN_TIMEOUT): expected a time from 0s to 1h",
      "TOLLGATED_LOG_LEVL: there is no setting \"TOLLGATED_LOG_LEVL\"; did you mean TOLLGATED_LOG_LEVEL?",
      "tls.certificate (not given): needed with transport tls",
    ]
    for line in expected {
      #expect(lines.contains { $0.hasPrefix("tollgated: \(line)") }, "\(line)\n\(started.output)")
    }
    #expect(lines.count == expected.count + 2)
  }

  @Test func checkStartsNothing() async throws {
    let workplace = try await Scene.workplace("check")
    let checked = try await run(Installation.tollgated, ["check"] + Daemon.arguments(in: workplace))
    #expect(checked.status == 0)
    #expect(checked.output.contains("certificate  CN=tollgate server"))
    #expect(!FileManager.default.fileExists(atPath: workplace.file("tollgate.db")))
    let wrong = try await run(
      Installation.tollgated,
      ["check"] + Daemon.arguments(in: workplace, ["--tls-key", workplace.file("certs/worker-key.pem")]))
    #expect(wrong.status == 78)
    #expect(wrong.output.contains("tls.key (--tls-key): private key file"))
  }

  @Test func printConfigSaysWhereEachValueComesFrom() async throws {
    let printed = try await run(
      Installation.tollgated, ["--print-config", "--listen-port", "0"], environment: ["TOLLGATED_LOG_LEVEL": "debug"])
    #expect(printed.status == 0)
    let rows = printed.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(rows.contains(["listen.port", "0", "--listen-port"]))
    #expect(rows.contains(["log.level", "debug", "TOLLGATED_LOG_LEVEL"]))
    #expect(rows.contains(["listen.host", "127.0.0.1", "default"]))
  }

  @Test func helpAndCompletionNameTheSettings() async throws {
    let help = try await run(Installation.tollgated, ["--help"])
    #expect(help.status == 0)
    for text in ["TOLLGATED_CONNECTIONS_HELLO_TIMEOUT", "--tls-trust-roots", "EXIT CODES", "default 7420"] {
      #expect(help.output.contains(text))
    }
    for shell in ["bash", "zsh", "fish"] {
      let script = try await run(Installation.tollgated, ["--generate-completion-script", shell])
      #expect(script.status == 0)
      #expect(script.output.contains("tls-trust-roots"))
    }
    let version = try await run(Installation.tollgated, ["--version"])
    #expect(version.output.contains("OpenSSL 3"))
    #expect(try await run(Installation.tollgated, ["--no-such-flag"]).status == 64)
  }
}
