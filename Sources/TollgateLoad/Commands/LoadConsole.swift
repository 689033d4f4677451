// What people see: how the run goes on, on standard error; what came of it, on standard output and in files.

internal import ArgumentParser
internal import Foundation
internal import Synchronization
internal import TollgateLoadReport

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

final class LoadConsole: RunObserver {
  private let options: OutputOptions
  private let assertions: [Assertion]
  private let isTerminal: Bool
  private let state: Mutex<State>

  private struct State: ~Copyable {
    var live: LiveProgress
    var statuses: [String: UInt64] = [:]
    var phase = ""
    var log: HdrLogWriter?
    var logFailure: String?
    var progressAt: UInt64 = 0
    /// A line of progress stands on the terminal without its end.
    var hasOpenLine = false
  }

  init(_ options: OutputOptions) throws {
    self.options = options
    assertions = try options.assertions()
    isTerminal = isatty(STDERR_FILENO) == 1
    let paint = LoadConsole.paint(for: STDERR_FILENO)
    let kind: LiveProgress.Kind = isTerminal ? .block(width: LoadConsole.width) : .lines(everySeconds: 1)
    state = Mutex(State(live: LiveProgress(kind, paint: paint)))
  }

  func say(_ line: String) {
    guard !options.quiet else { return }
    state.withLock { state in LoadConsole.write(LoadConsole.clear(&state) + line + "\n") }
  }

  func fail(_ line: String) {
    state.withLock { state in LoadConsole.write(LoadConsole.clear(&state) + "tollgate-load: \(line)\n") }
  }

  func progress(_ what: String, _ done: Int, of total: Int) {
    guard !options.quiet else { return }
    let now = MonotonicClock.now
    state.withLock { state in
      guard isTerminal || now - state.progressAt > 2_000_000_000 else { return }
      state.progressAt = now
      let text = "\(what): \(Units.count(done)) of \(Units.count(total))"
      LoadConsole.write(isTerminal ? "\r\u{1B}[K\(text)" : text + "\n")
      state.hasOpenLine = isTerminal
    }
  }

  func interval(_ interval: Interval, _ meter: Meter, _ phase: RunPhase) {
    state.withLock { state in
      if interval.start >= 0 { log(interval, meter, &state) }
      guard !options.quiet else { return }
      if state.phase != phase.name { (state.phase, state.statuses) = (phase.name, [:]) }
      state.statuses.merge(meter.namedStatuses, uniquingKeysWith: &+)
      let statuses = state.statuses.map { name, count in
        RunReport.Status(name: name, count: count, isError: ReportWriter.isFailure(name))
      }.sorted { ($0.count, $1.name) > ($1.count, $0.name) }
      let text = state.live.show(
        LiveState(
          title: phase.title, phase: phase.name, elapsed: phase.elapsed, total: phase.total, interval: interval,
          statuses: statuses))
      LoadConsole.write(text.isEmpty || !state.hasOpenLine ? text : "\r\u{1B}[K" + text)
      if !text.isEmpty { state.hasOpenLine = false }
    }
  }

  /// Adds an interval to the HdrHistogram log; a file that cannot be written is told at the end.
  private func log(_ interval: Interval, _ meter: Meter, _ state: inout State) {
    guard let path = options.hdrLog, state.logFailure == nil else { return }
    do {
      if state.log == nil {
        let begin = MonotonicClock.wallSeconds - interval.start - interval.seconds
        state.log = try HdrLogWriter(path: path, tool: "tollgate-load \(LoadVersion.current)", startedAt: begin)
      }
      for kind in CallKind.allCases {
        let latency = meter.kinds[Int(kind.rawValue)].latency
        try state.log?.append(tag: kind.name, start: interval.start, seconds: interval.seconds, latency)
      }
    } catch {
      state.logFailure = "\(error)"
    }
  }

  /// Writes the result; returns whether all thresholds held.
  ///
  /// - Throws: `LoadFailure` if a file cannot be written.
  func finish(_ finished: RunReport) throws -> Bool {
    var report = finished
    report.assertions = assertions.map { $0.judge(report) }
    let failure = state.withLock { state in
      LoadConsole.write(LoadConsole.clear(&state))
      do { try state.log?.close() } catch { state.logFailure = state.logFailure ?? "\(error)" }
      state.log = nil
      return state.logFailure
    }
    if options.json == "-" {
      try LoadConsole.output(try LoadConsole.json(report))
    } else {
      try LoadConsole.output(Data(report.summary(LoadConsole.paint(for: STDOUT_FILENO)).utf8))
      if let path = options.json { try LoadConsole.save(try LoadConsole.json(report), to: path) }
    }
    if let path = options.html { try LoadConsole.save(Data(report.html().utf8), to: path) }
    if let failure { throw LoadFailure.failed(failure) }
    return report.assertions.allSatisfy(\.held)
  }

  /// The colours that are welcome on standard output or standard error.
  static func paint(for descriptor: Int32) -> Paint {
    Paint(isTerminal: isatty(descriptor) == 1, environment: ProcessInfo.processInfo.environment)
  }

  static func complain(_ line: String) { write("tollgate-load: \(line)\n") }

  static func save(_ data: Data, to path: String) throws {
    do { try data.write(to: URL(fileURLWithPath: path)) } catch {
      throw LoadFailure.failed("\(path): cannot be written: \(reason(of: error))")
    }
  }

  private static func json(_ report: RunReport) throws -> Data {
    do { return try report.json() } catch { throw LoadFailure.failed("\(error)") }
  }

  private static func clear(_ state: inout State) -> String {
    defer { state.hasOpenLine = false }
    return state.live.clear() + (state.hasOpenLine ? "\r\u{1B}[K" : "")
  }

  /// A terminal that went away is no reason to end a run.
  private static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

  /// Writes a result to standard output.
  ///
  /// - Throws: `LoadFailure` if it is full or nobody reads it.
  static func output(_ data: Data) throws {
    // `write(_:)` would trap where `write(contentsOf:)` throws.
    do { try FileHandle.standardOutput.write(contentsOf: data) } catch {
      throw LoadFailure.failed("standard output: cannot be written: \(reason(of: error))")
    }
  }

  /// Columns of the terminal.
  private static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
