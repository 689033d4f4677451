// Ctrl-C: the first one ends the run early, the second one the program.

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
      for await _ in signals {
        if stop.isStopped { exit(130) }
        stop.stop()
        first()
      }
    }
  }
}
