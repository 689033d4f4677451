// `tollgate-load run`: one load test.

internal import ArgumentParser
internal import TollgateLoadReport

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Drives load, measures it, and checks the money (the default).",
    discussion: """
      Closed loop (default): each of --in-flight units per connection begins when the one before it has ended. It finds how \
      much the server can do, and hides how long others would have waited. Open loop (--rate): units begin at moments of \
      their own and latency counts from there, so that a stall is felt by all who would have come meanwhile.

      One unit of authorize-capture is two operations; --rate counts operations.

        tollgate-load --ca ca.pem --cert admin.pem --key admin-key.pem --connections 16 --in-flight 64
        tollgate-load … --rate 200k --duration 60s --accounts 1M --skew zipf:1.1
        tollgate-load … --search 'p99<5ms' --step-duration 10s
        tollgate-load … --scenario render-farm --crash-rate 0.02 --job-duration lognormal:3s
        tollgate-load … --mix authorize-capture=80,balance=20 --drop-every 500ms --duplicate-rate 0.01

      At the end every account's balance is compared with the harness's own book; what disagrees is listed, and the exit \
      code is 2 (tollgate-load --help lists all). Accounts stay for the next run with the same --seed (--prepared insists on them); --clean-up voids \
      what is held and closes them for ever: closed accounts and the history remain in the server's books.
      """)

  @OptionGroup(title: "Server") var target: TargetOptions
  @OptionGroup(title: "Load") var shape: ShapeOptions

  @Option(
    help: ArgumentHelp(
      "Search the highest open-loop rate that keeps a bound, as p99<5ms, and report it.", valueName: "bound"))
  var search: String?

  @Option(
    help: ArgumentHelp("How long each step of the search is measured.", valueName: "time"),
    transform: { try Number.seconds($0, 0.1...86_400, "--step-duration") })
  var stepDuration = 5.0

  @Option(
    help: ArgumentHelp("The probability that a connection is dropped at an answer.", valueName: "0…1"),
    transform: { try Number.share($0, "--drop-rate") })
  var dropRate = 0.0

  @Option(
    help: ArgumentHelp("A connection is dropped so often, by each thread.", valueName: "time"),
    transform: { try Number.seconds($0, 0.001...86_400, "--drop-every") })
  var dropEvery: Double?

  @Option(
    help: ArgumentHelp(
      "The probability that an answered call is sent again under its id, to compare the answers.", valueName: "0…1"),
    transform: { try Number.share($0, "--duplicate-rate") })
  var duplicateRate = 0.0

  @Option(
    help: ArgumentHelp(
      "Whole credits that an account has at least when the load begins (default: more than a run can spend).",
      valueName: "credits"), transform: { try Number.parse($0, 1...1_000_000_000_000, "--grant") })
  var grant: Int?

  @Flag(help: "The accounts exist and are funded: a missing one is an error.")
  var prepared = false

  @Flag(help: "Close the accounts at the end.")
  var cleanUp = false

  @Flag(inversion: .prefixedNo, help: "Compare the server's balances with the harness's own book at the end.")
  var check = true

  @Option(
    help: ArgumentHelp(
      "How long a connection may stay broken, or the server put every call off or leave questions about balances unanswered, before the run ends with what it has.",
      valueName: "time"), transform: { try Number.seconds($0, 0.1...86_400, "--patience") })
  var patience = 30.0

  @Option(
    name: [.customLong("server-pid"), .customLong("pid")],
    help: ArgumentHelp(
      "The server's process, whose CPU time is read (default: whoever listens on the port, if it is on this machine).",
      valueName: "pid"))
  var serverPID: Int?

  @OptionGroup(title: "Output") var output: OutputOptions

  func validate() throws {
    if search != nil, shape.ramp != nil || shape.count != nil || shape.duration != nil {
      throw ValidationError(
        "--search sets rate and duration of its steps: leave --ramp, --count and --duration out; see --step-duration")
    }
    _ = try searchPlan()
  }

  func run() async throws {
    let stop = StopSignal()
    let console = try LoadConsole(output)
    let watch = await Interrupts.watch(stop) { console.say("ending early; interrupt again to stop at once") }
    defer { watch.cancel() }
    do {
      var settings = RunSettings(connector: try target.connector())
      settings.plan = try plan()
      settings.isPrepared = prepared
      settings.grantCredits = grant
      settings.cleansUp = cleanUp
      settings.search = try searchPlan()
      settings.arguments = CommandLine.arguments
      let isLocal = ["127.0.0.1", "::1", "localhost"].contains(target.host)
      settings.serverPID = serverPID ?? (isLocal ? ServerProcess.listening(on: target.port) : nil)
      settings.calibrates = true
      let report = try await LoadRun(settings: settings, observer: console, stop: stop).run()
      try finish(report, console, stop)
    } catch let failure as LoadFailure {
      console.fail("\(failure)")
      throw LoadExit.failure(stop)
    }
  }

  private func plan() throws -> LoadPlan {
    var plan = try shape.plan()
    plan.checksMoney = check
    plan.patienceSeconds = patience
    plan.faults.dropRate = dropRate
    plan.faults.dropEverySeconds = dropEvery ?? 0
    plan.faults.duplicateRate = duplicateRate
    return plan
  }

  private func searchPlan() throws -> SearchPlan? {
    guard let search else { return nil }
    let bound: LatencyBound
    do { bound = try LatencyBound(parsing: search) } catch { throw ValidationError("--search: \(error)") }
    var plan = SearchPlan(bound: bound)
    plan.stepSeconds = stepDuration
    plan.settleSeconds = shape.warmUp ?? min(1, stepDuration / 4)
    if let rate = shape.rate { plan.startRate = rate }
    plan.arrivals = shape.arrivals ?? .poisson
    return plan
  }

  private func finish(_ report: RunReport, _ console: LoadConsole, _ stop: StopSignal) throws {
    // Money that does not agree is told by the exit code whatever else fails.
    let isWrong = report.money.map { !$0.agrees } ?? false
    let holds: Bool
    do { holds = try console.finish(report) } catch  where isWrong {
      console.fail("\(error)")
      throw LoadExit.money
    }
    if let failure = report.failure { console.fail(failure) }
    if isWrong { throw LoadExit.money }
    if report.failure != nil { throw LoadExit.failure(stop) }
    if let money = report.money, money.uncertain > 0 {
      console.fail("\(money.uncertain) accounts could not be checked: calls on them were never answered")
      throw LoadExit.failure
    }
    if !holds { throw LoadExit.threshold }
  }
}
