// Reads the seed of a run from the environment.

internal import Foundation

func environmentSeed() -> UInt64? {
  ProcessInfo.processInfo.environment["TOLLGATE_SEED"].flatMap { UInt64($0) }
}
