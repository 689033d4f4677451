// What the command line says, and how it answers to what makes no sense.

import ArgumentParser
import Testing
import TollgateTestSupport

@testable import TollgateLoad

struct PlanTests {
  private func plan(_ line: String) throws -> LoadPlan {
    try ShapeOptions.parse(line.split(separator: " ").map(String.init)).plan()
  }

  private func problem(_ line: String) -> String {
    do {
      _ = try RunCommand.parse(["--plain"] + line.split(separator: " ").map(String.init))
      return ""
    } catch {
      return RunCommand.message(for: error)
    }
  }

  @Test func aMixHasWeights() throws {
    let mix = try Mix(parsing: "authorize-capture=3,balance=1")
    var random = RunRandom(seed: 3, stream: 0)
    let drawn = (0..<10_000).map { _ in mix.next(&random) }
    #expect(abs(drawn.filter { $0 == .balance }.count - 2_500) < 250)
    #expect(Set(drawn) == [.authorizeCapture, .balance])
    #expect(mix.mean { $0 == .balance ? 1 : 2 } == 1.75)
    #expect(mix.description == "authorize-capture=3,balance=1")
  }

  @Test(arguments: [
    ("authorize-capture", "has no weight"), ("nonsense=1", "there is no scenario 'nonsense'"),
    ("charge=0", "must be a number above 0"), ("charge=nan", "must be a number above 0"),
    ("charge=1,charge=2", "stands twice"), ("", "has no weight"), ("charge=1,", "has no weight"),
  ])
  func aWrongMixIsExplained(text: String, reason: String) {
    #expect { try Mix(parsing: text) } throws: { "\($0)".contains(reason) }
  }

  @Test func shapesBecomePlans() throws {
    let closed = try plan("--connections 8 --in-flight 32 --accounts 1M --skew zipf:1.1 --count 2M")
    #expect(closed.pace == .closed)
    #expect(closed.inFlight == 32)
    #expect(closed.accounts == 1_000_000)
    #expect(closed.skew == .zipf(exponent: 1.1))
    #expect(closed.length == .operations(2_000_000))
    let open = try plan("--rate 20k --arrivals constant --duration 1m --scenario charge")
    #expect(open.pace == .open(RateSchedule(rate: 20_000), .constant))
    #expect(open.length == .seconds(60))
    #expect(open.operationsPerUnit == 1)
    let ramp = try plan("--ramp 10k:200k:60s --ramp-steps 20 --warm-up 0s")
    #expect(ramp.length == .seconds(60))
    guard case .open(let schedule, .poisson) = ramp.pace else { throw PlanProblem("a ramp is an open loop") }
    #expect(schedule.steps.count == 20)
    #expect(schedule.rate(at: 0) == 10_000 && schedule.highest == 200_000)
    #expect(try plan("--batch 500").mix == Mix(.batch))
    #expect(try plan("--batch 500").operationsPerUnit == 1_000)
  }

  @Test(arguments: [
    ("--rate 10k --ramp 1:2:3s", "exclude each other"), ("--arrivals poisson", "give --rate or --ramp too"),
    ("--ramp 10k:20k", "from:to:time"), ("--skew zipf:0", "zipf:1.1"), ("--skew hot", "uniform or zipf:S"),
    ("--scenario nothing", "authorize-capture"), ("--count 5 --duration 5s", "exclude each other"),
    ("--rate 0", "operations a second"), ("--rate 1e-300", "from 0.001"), ("--rate nan", "operations a second"),
    ("--duration 1e18s", "must be a duration"), ("--duration nan", "must be a duration"), ("--accounts 0", "from 1"),
    ("--accounts 1e300", "whole number"), ("--count nan", "whole number"), ("--threads 1.5", "whole number"),
    ("--connections 50k --in-flight 16384", "take fewer"), ("--ramp 0:1k:5s", "ramp's begin"),
    ("--drop-rate nan", "probability"), ("--search p99<1e-12s", "p99<5ms"), ("--mix charge=1e300", "at most 1e9"),
    ("--job-duration constant:nan", "is no distribution"), ("--grant 1e18", "whole number"),
    ("--connections 0", "whole number from 1"),
    ("--in-flight 20000", "16384"), ("--scenario charge --batch 5", "--scenario batch"),
    ("--job-duration uniform:2s", "exponential:2s"), ("--hold-lifetime 2s --heartbeat 3s", "shorter than"),
    ("--drop-rate 2", "probability from 0 to 1"), ("--search p99", "p99<5ms"), ("--search p99<5", "p99<5ms"),
    ("--search p99<5ms --duration 10s", "--step-duration"), ("--warm-up fast", "500ms"), ("--assert p99", "p99"),
    ("--cert a.pem", "--plain"), ("--mix charge=1 --scenario charge", "exclude each other"),
  ])
  func wrongOptionsSayWhatWouldBeRight(line: String, reason: String) {
    #expect(problem(line).contains(reason), "\(problem(line))")
  }

  @Test func tlsOrPlainMustBeChosen() {
    #expect { try TollgateLoad.parseAsRoot([]) } throws: { TollgateLoad.message(for: $0).contains("--plain") }
    #expect { try TollgateLoad.parseAsRoot(["--ca", "x", "--cert", "y"]) } throws: {
      TollgateLoad.message(for: $0).contains("belong together") && TollgateLoad.exitCode(for: $0) == ExitCode(64)
    }
  }

  @Test func durationsAndCountsHaveUnits() {
    #expect(["10s", "500ms", "2m", "50us", "1.5h", "3"].map { parseSeconds($0) } == [10, 0.5, 120, 50e-6, 5_400, 3])
    #expect(["", "s", "-1s", "1e999", "nan", "10 s", "inf"].allSatisfy { parseSeconds($0) == nil })
    #expect(["200k", "1.5M", "5000", "0"].map { parseCount($0) } == [200_000, 1_500_000, 5_000, 0])
    #expect(["", "k", "-5", "nan", "1e300", "5x"].allSatisfy { parseCount($0) == nil })
  }

  @Test func boundsReadAndPrintTheSame() throws {
    for text in ["p99<5ms", "p99.9<20ms", "p50<1s", "p99<250us"] {
      #expect(try LatencyBound(parsing: text).description == text)
    }
  }

  @Test func jobDurationsHaveTheirMean() throws {
    let generator = SeededGenerator()
    var random = RunRandom(seed: generator.seed, stream: 0)
    for text in ["exponential:2s", "lognormal:2s:0.8", "constant:2s"] {
      let durations = try FarmPlan.Durations(parsing: text)
      let sum = (0..<50_000).reduce(0.0) { sum, _ in sum + Double(durations.next(&random)) / 1e9 }
      #expect(abs(sum / 50_000 - 2) < 0.06, "\(text): \(sum / 50_000); \(generator.recipe)")
      #expect(durations.description == text)
    }
  }
}
