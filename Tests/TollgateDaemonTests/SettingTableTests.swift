// The table of settings: whole, consistent, and the same on the command line, in the environment and in the file.

import ArgumentParser
import Testing
import TollgateValues

@testable import TollgateDaemon

@Suite struct SettingTableTests {
  @Test func namesAreUniqueInEveryForm() {
    #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
    #expect(Set(Setting.all.map(\.flag)).count == Setting.all.count)
    #expect(Set(Setting.all.map(\.environmentName)).count == Setting.all.count)
  }

  @Test func namesAreDerivedByWord() {
    #expect(Setting.connectionsHelloTimeout.flag == "connections-hello-timeout")
    #expect(Setting.connectionsHelloTimeout.environmentName == "TOLLGATED_CONNECTIONS_HELLO_TIMEOUT")
    #expect(Setting.connectionsControlFrames.environmentName == "TOLLGATED_CONNECTIONS_CONTROL_FRAMES_PER_SECOND")
    #expect(Setting.transport.flag == "transport")
  }

  @Test func everyDefaultIsAValueOfItsKind() {
    for setting in Setting.all {
      guard let standard = setting.standard, !standard.isEmpty else { continue }
      #expect(setting.kind.value(of: standard) != nil, "\(setting.name): \(standard)")
    }
  }

  @Test func numbersAndTimesHaveADefault() {
    for setting in Setting.all {
      switch setting.kind {
      case .whole, .span: #expect(setting.standard != nil, "\(setting.name)")
      case .text, .path, .paths, .choice: break
      }
    }
  }

  @Test func everySettingHasItsFlag() throws {
    let arguments = try SettingFlags.parse(Setting.all.flatMap { ["--\($0.flag)", $0.name] })
    #expect(arguments.given == Dictionary(uniqueKeysWithValues: Setting.all.map { ($0, $0.name) }))
    #expect(try SettingFlags.parse([]).given.isEmpty)
  }

  @Test func theManualNamesEverything() {
    for setting in Setting.all {
      #expect(Setting.manual.contains("  \(setting.name)\n"))
      #expect(Setting.manual.contains("--\(setting.flag), \(setting.environmentName)"))
    }
    #expect(Setting.manual.split(separator: "\n").allSatisfy { $0.count <= 80 || $0.contains(" --") })
  }
}

@Suite struct TimeSpanTests {
  @Test(arguments: [
    ("250ms", TimeSpan.milliseconds(250)), ("30s", .seconds(30)), ("1h30m", .minutes(90)), ("2d", .days(2)),
    ("0s", .zero), ("1m1s1ms1us1ns", TimeSpan(nanoseconds: 61_001_001_001)), ("3µs", .microseconds(3)),
  ])
  func readsWhatPeopleWrite(_ text: String, _ span: TimeSpan) {
    #expect(TimeSpan(written: text) == span)
  }

  @Test(arguments: ["", "s", "5", "-1s", "1.5h", "1s1m", "1s1s", "1 s", "1h 1m", "9999999999d", "٣s", "1S"])
  func refusesTheRest(_ text: String) {
    #expect(TimeSpan(written: text) == nil)
  }

  @Test func readsWhatDescriptionWrites() {
    for span in [TimeSpan.zero, .milliseconds(1), .seconds(90), .minutes(1_441), .days(365), .microseconds(7)] {
      #expect(TimeSpan(written: span.description) == span)
    }
  }
}
