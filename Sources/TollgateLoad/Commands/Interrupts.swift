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
  /// Watches until it is cancelled.
  static func watch(_ stop: StopSignal, first: @escaping @Sendable () -> Void) -> Task<Void, Never> {
    Task {
      let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
      for await signal in signals {
        let number = signal == .sigterm ? StopSignal.terminate : StopSignal.interrupt
        if stop.isStopped { exit(StopSignal.exitCode(number).rawValue) }
        stop.stop(by: number)
        first()
      }
    }
  }
}
