// What of each operation idempotency compares: all that the client said, and nothing that the server computed.

internal import TollgateValues

extension Operation {
  /// The fingerprint of the payload of all but the hot operations; nil for what is not a client's and not remembered.
  var rareFingerprint: Fingerprint? {
    var print: Fingerprint
    switch self {
    case .openAccount(let open):
      print = Fingerprint(.openAccount)
      print.add(open.account)
      print.add(open.note)
    case .setAccountState(let set):
      print = Fingerprint(.setAccountState)
      print.add(set.account)
      print.add(UInt64(set.state.rawValue))
      print.add(set.note)
    case .grant(let grant):
      print = grant.fingerprint
    case .increase(let increase):
      print = Fingerprint(.increase, hold: increase.hold)
      print.add(increase.rawAmount.microcredits)
      print.add(increase.job)
    case .extend(let extend):
      print = Fingerprint(.extend, hold: extend.hold)
      print.add(extend.lifetime.nanoseconds)
    case .captureLate(let late):
      print = Fingerprint(.captureLate, hold: late.hold)
      print.add(late.take)
    case .refund(let refund):
      print = Fingerprint(.refund)
      print.add(refund.account)
      print.add(refund.amount?.microcredits ?? -1)
      print.add(refund.entry.rawValue)
      print.add(refund.note)
    case .authorize, .capture, .void, .charge, .expire, .configure: return nil
    }
    return print
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
