// Options that say what load is driven: its shape, its pace and its scenario. Runs and calibrations share them.

internal import ArgumentParser
internal import TollgateValues

struct ShapeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Connections.", valueName: "count"),
    transform: { try Number.parse($0, 1...50_000, "--connections") })
  var connections = 16

  @Option(
    help: ArgumentHelp("Units in flight on each connection; with --rate the most that may be.", valueName: "count"),
    transform: { try Number.parse($0, 1...16_384, "--in-flight") })
  var inFlight: Int?

  @Option(
    help: ArgumentHelp("Threads of the harness; each has its share of connections.", valueName: "count"),
    transform: { try Number.parse($0, 1...256, "--threads") })
  var threads = 1

  @Option(
    help: ArgumentHelp(
      "Operations a second: an open loop, whose latencies count from the intended start. Without it a closed loop runs.",
      valueName: "ops/s"), transform: { try Number.rate($0, "--rate") })
  var rate: Double?

  @Option(help: ArgumentHelp("How an open loop's moments are spread.", valueName: "kind"))
  var arrivals: Arrivals?

  @Option(
    help: ArgumentHelp("An open loop from one rate to another: 10k:200k:60s.", valueName: "from:to:time"))
  var ramp: String?

  @Option(
    help: ArgumentHelp("Steps of the ramp.", valueName: "count"),
    transform: { try Number.parse($0, 2...10_000, "--ramp-steps") })
  var rampSteps = 10

  @Option(
    name: .customLong("warm-up"), help: ArgumentHelp("Load that does not count, before.", valueName: "time"),
    transform: { try Number.seconds($0, 0...86_400, "--warm-up") })
  var warmUp: Double?

  @Option(
    name: [.customLong("duration"), .customLong("seconds")],
    help: ArgumentHelp("How long to measure (default: 10s).", valueName: "time"),
    transform: { try Number.seconds($0, 0.01...1_000_000, "--duration") })
  var duration: Double?

  @Option(
    help: ArgumentHelp("How many operations to measure, in place of --duration.", valueName: "ops"),
    transform: { try Number.parse($0, 1...1_000_000_000_000, "--count") })
  var count: Int?

  @Option(
    name: .customLong("call-timeout"),
    help: ArgumentHelp(
      "How long calls in flight are waited for at the end; with --count, how long there may be no answer at all.",
      valueName: "time"), transform: { try Number.seconds($0, 0.1...86_400, "--call-timeout") })
  var callTimeout = 10.0

  @Option(
    help: ArgumentHelp(
      "What a unit of load is: \(Scenario.names.joined(separator: ", ")).", valueName: "name"),
    completion: .list(Scenario.names))
  var scenario: String?

  @Option(
    help: ArgumentHelp("Several scenarios by weights: authorize-capture=80,balance=20.", valueName: "name=weight,…"))
  var mix: String?

  @Option(
    help: ArgumentHelp("Items of a batch call, in the scenario batch.", valueName: "count"),
    transform: { try Number.parse($0, 1...Limits.batchItemsMax, "--batch") })
  var batch: Int?

  @Option(
    help: ArgumentHelp("Accounts.", valueName: "count"),
    transform: { try Number.parse($0, 1...100_000_000, "--accounts") })
  var accounts = 100_000

  @Option(
    help: ArgumentHelp("How calls spread over accounts: uniform, or zipf:1.1 for few that are busy.", valueName: "kind")
  )
  var skew = "uniform"

  @Option(
    help: ArgumentHelp(
      "Names the family of accounts and repeats every random choice; equal seeds use the same accounts.",
      valueName: "number"))
  var seed: UInt64 = 1

  @OptionGroup(title: "Render farm") var farm: FarmOptions

  /// Units that a closed loop may have in flight: each has a place of about a hundred bytes.
  private static let unitsMax = 1 << 24

  func validate() throws { _ = try plan() }

  func plan() throws -> LoadPlan {
    var plan = LoadPlan()
    plan.connections = connections
    plan.threads = min(threads, connections)
    plan.accounts = accounts
    plan.drainSeconds = callTimeout
    plan.seed = seed
    plan.warmUpSeconds = warmUp ?? 2
    plan.mix = try chosenMix()
    plan.batchItems = batch ?? 100
    plan.skew = try chosenSkew()
    plan.farm = try farm.plan()
    plan.pace = try pace(&plan)
    plan.inFlight = inFlight ?? (plan.pace == .closed ? (plan.mix == Mix(.batch) ? 4 : 64) : 4_096)
    if plan.pace == .closed, connections * plan.inFlight > ShapeOptions.unitsMax {
      throw ValidationError(
        "--connections \(connections) times --in-flight \(plan.inFlight) are more than \(ShapeOptions.unitsMax) units at once; take fewer"
      )
    }
    if count != nil, duration != nil { throw ValidationError("--count and --duration exclude each other; give one") }
    if let count { plan.length = .operations(count) } else if let duration { plan.length = .seconds(duration) }
    return plan
  }

  private func chosenMix() throws -> Mix {
    if scenario != nil, mix != nil { throw ValidationError("--scenario and --mix exclude each other; give one") }
    if let mix {
      do { return try Mix(parsing: mix) } catch { throw ValidationError("--mix: \(error)") }
    }
    guard let scenario else { return Mix(batch == nil ? .authorizeCapture : .batch) }
    guard let found = Scenario(name: scenario) else {
      throw ValidationError("--scenario '\(scenario)': there are \(Scenario.names.joined(separator: ", "))")
    }
    if batch != nil, found != .batch { throw ValidationError("--batch belongs to --scenario batch") }
    return Mix(found)
  }

  private func chosenSkew() throws -> Skew {
    if skew == "uniform" { return .uniform }
    guard skew.hasPrefix("zipf:"), let exponent = Double(skew.dropFirst(5)), exponent > 0, exponent <= 10 else {
      throw ValidationError("--skew '\(skew)' must be uniform or zipf:S with S above 0 and at most 10, as zipf:1.1")
    }
    return .zipf(exponent: exponent)
  }

  private func pace(_ plan: inout LoadPlan) throws -> Pace {
    if rate != nil, ramp != nil { throw ValidationError("--rate and --ramp exclude each other; give one") }
    if let rate { return .open(RateSchedule(rate: rate), arrivals ?? .poisson) }
    guard let ramp else {
      if arrivals != nil { throw ValidationError("--arrivals is for open loops; give --rate or --ramp too") }
      return .closed
    }
    let parts = ramp.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, duration == nil, count == nil else {
      throw ValidationError(
        "--ramp must be from:to:time, as 10k:200k:60s, and takes no --duration or --count beside it")
    }
    let low = try Number.rate(String(parts[0]), "--ramp's begin")
    let high = try Number.rate(String(parts[1]), "--ramp's end")
    let seconds = try Number.seconds(String(parts[2]), 0.1...1_000_000, "--ramp's time")
    plan.length = .seconds(seconds)
    let schedule = RateSchedule(
      from: low, to: high, seconds: seconds, steps: rampSteps, warmUpSeconds: plan.warmUpSeconds)
    return .open(schedule, arrivals ?? .poisson)
  }
}

extension Arrivals: ExpressibleByArgument {}

struct FarmOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How long jobs take: exponential:2s, lognormal:2s:0.8 or constant:2s.", valueName: "distribution"))
  var jobDuration = "exponential:2s"

  @Option(
    help: ArgumentHelp("How long a hold lives without a heartbeat.", valueName: "time"),
    transform: { try Number.seconds($0, 1...86_400, "--hold-lifetime") })
  var holdLifetime = 10.0

  @Option(
    help: ArgumentHelp("A heartbeat extends the hold so often (default: a third of the lifetime).", valueName: "time"),
    transform: { try Number.seconds($0, 0.01...86_400, "--heartbeat") })
  var heartbeat: Double?

  @Option(
    help: ArgumentHelp("The probability that a worker dies with its hold, which then expires.", valueName: "0…1"),
    transform: { try Number.share($0, "--crash-rate") })
  var crashRate = 0.0

  func plan() throws -> FarmPlan {
    var plan = FarmPlan()
    do { plan.durations = try FarmPlan.Durations(parsing: jobDuration) } catch {
      throw ValidationError("--job-duration: \(error)")
    }
    plan.lifetimeSeconds = holdLifetime
    plan.heartbeatSeconds = heartbeat ?? holdLifetime / 3
    plan.crashRate = crashRate
    if plan.heartbeatSeconds >= holdLifetime {
      throw ValidationError("--heartbeat must be shorter than --hold-lifetime, or holds expire in between")
    }
    return plan
  }
}
