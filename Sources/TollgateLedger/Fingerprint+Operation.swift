// What of each operation idempotency compares: all that the client said, and nothing that the server computed.

internal import TollgateValues

extension Command {
  /// The fingerprint of the payload of all but the hot operations; nil for what is not a client's and not remembered.
  var rareFingerprint: Fingerprint? {
    switch operation {
    case .openAccount(let open):
      var print = Fingerprint(.openAccount)
      print.add(open.account)
      print.add(open.note)
      return print
    case .setAccountState(let set):
      var print = Fingerprint(.setAccountState)
      print.add(set.account)
      print.add(UInt64(set.state.rawValue))
      print.add(set.note)
      return print
    case .grant(let grant): return grant.fingerprint
    case .increase(let increase):
      var print = Fingerprint(.increase, hold: increase.hold)
      print.add(increase.rawAmount.microcredits)
      print.add(increase.job)
      return print
    case .captureLate(let late):
      var print = Fingerprint(.captureLate, hold: late.hold)
      print.add(late.take)
      return print
    case .refund(let refund):
      var print = Fingerprint(.refund)
      print.add(refund.account)
      print.add(refund.amount?.microcredits ?? -1)
      print.add(refund.entry.rawValue)
      print.add(refund.note)
      return print
    case .authorize, .capture, .void, .charge, .extend, .expire, .configure: return nil
    }
  }
}

extension Fingerprint {
  @inline(__always)
  fileprivate init(_ operation: OperationCode, hold: HoldID) {
    self.init(operation)
    add(hold)
  }

  fileprivate mutating func add(_ note: Note) {
    add(note.actor)
    add(note.reason)
  }
}

extension Authorize {
  @inline(__always)
  var fingerprint: Fingerprint {
    var print = Fingerprint(.authorize)
    print.add(spend.account)
    print.add(spend.rawAmount.microcredits)
    print.add(spend.job)
    print.add(spend.quote)
    print.add(lifetime.nanoseconds)
    print.add(spend.project)
    print.add(spend.member)
    return print
  }
}

extension Charge {
  @inline(__always)
  var fingerprint: Fingerprint {
    var print = Fingerprint(.charge)
    print.add(spend.account)
    print.add(spend.rawAmount.microcredits)
    print.add(spend.job)
    print.add(spend.quote)
    print.add(spend.project)
    print.add(spend.member)
    return print
  }
}

extension VoidHold {
  @inline(__always)
  var fingerprint: Fingerprint { Fingerprint(.void, hold: hold) }
}

extension Extend {
  @inline(__always)
  var fingerprint: Fingerprint {
    var print = Fingerprint(.extend, hold: hold)
    print.add(lifetime.nanoseconds)
    return print
  }
}

extension Capture {
  @inline(__always)
  var fingerprint: Fingerprint {
    var print = Fingerprint(.capture, hold: hold)
    print.add(take)
    print.add(UInt64(closes ? 1 : 0))
    print.add(UInt64(allowsExcess ? 1 : 0))
    return print
  }
}

extension Grant {
  fileprivate var fingerprint: Fingerprint {
    var print = Fingerprint(.grant)
    print.add(account)
    print.add(amount.microcredits)
    print.add(UInt64(source.rawValue))
    print.add(effective.nanoseconds)
    print.add(expires.nanoseconds)
    print.add(UInt64(priority))
    print.add(pricePaid)
    print.add(note)
    return print
  }
}
