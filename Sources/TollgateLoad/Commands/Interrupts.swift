// SIGINT and SIGTERM: the first one ends the run early, the second one the program.

internal import ArgumentParser
internal import UnixSignals

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

enum Interrupts {
  /// Watches until it is cancelled. From its return on no signal is missed.
  static func watch(_ stop: StopSignal, first: @escaping @Sendable () -> Void) async -> Task<Void, Never> {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    return Task {
      for await signal in signals {
        let number = signal == .sigterm ? StopSignal.terminate : StopSignal.interrupt
        if stop.isStopped { exit(StopSignal.exitCode(number).rawValue) }
        stop.stop(by: number)
        first()
      }
    }
  }
}
