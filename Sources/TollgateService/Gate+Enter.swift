// The ways into the gate that a connection takes once a read, as plain functions: `enter` costs a closure each time.

package import TollgateValues

extension Gate {
  /// `submit`, from the gate's executor, where the caller runs already: traps if not.
  package nonisolated func submitHere(_ batch: inout CallBatch, for sink: any ReplySink) -> Bool {
    executor.checkIsolated()
    let submit: (isolated Gate, inout CallBatch, any ReplySink) -> Bool = submitIsolated
    return unsafeBitCast(submit, to: ((Gate, inout CallBatch, any ReplySink) -> Bool).self)(self, &batch, sink)
  }

  /// `now`, from the gate's executor, where the caller runs already: traps if not.
  package nonisolated func nowHere() -> Instant {
    executor.checkIsolated()
    let now: (isolated Gate) -> Instant = nowIsolated
    return unsafeBitCast(now, to: ((Gate) -> Instant).self)(self)
  }
}

private func submitIsolated(_ gate: isolated Gate, _ batch: inout CallBatch, _ sink: any ReplySink) -> Bool {
  gate.submit(&batch, for: sink)
}

private func nowIsolated(_ gate: isolated Gate) -> Instant { gate.now() }
