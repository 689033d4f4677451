// The end of a gate: everything decided becomes durable, a last snapshot is written, the journal is closed.

internal import TollgateJournal

extension Gate {
  /// Waits until all is durable, writes a snapshot, and closes the journal. Submit nothing any more.
  package func close() async {
    snapshotPace.hurry()
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      settleDown { continuation.resume() }
    }
    reader.stop()
    keeper.stop()
    // The process may end right after this, so the journal must have been closed by then.
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      writer.run { [journal] in
        journal.close()
        continuation.resume()
      }
    }
    writer.stop()
  }

  private func settleDown(_ done: @escaping @Sendable () -> Void) {
    guard !hasFailed else { return done() }
    planFlush()
    whenDurable { gate in
      if gate.snapshotter.isRunning {
        gate.snapshotter.afterwards.append { $0.settleDown(done) }
      } else {
        gate.takeLastSnapshot { _ in done() }
      }
    }
  }
}
