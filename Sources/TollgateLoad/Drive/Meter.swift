// What one thread counted since it was last asked: answers, latencies and statuses by kind of call.

internal import TollgateLoadReport
internal import TollgateWire

/// A class, because it changes hands: the thread that fills it gives it away whole and gets an empty one, and nothing is
/// copied on the way. It never belongs to two.
final class Meter: @unchecked Sendable {
  /// One kind of call.
  struct Kind {
    var calls: UInt64 = 0
    var operations: UInt64 = 0
    var errors: UInt64 = 0
    var latency = LatencyHistogram()
  }

  @exclusivity(unchecked) private(set) var kinds = CallKind.allCases.map { _ in Kind() }
  /// Answers by the number of their status; the last place counts unknown ones.
  @exclusivity(unchecked) private(set) var statuses = [UInt64](repeating: 0, count: 18)
  /// Refusals of the business, by detail.
  private(set) var denials: [UInt16: UInt64] = [:]
  @exclusivity(unchecked) var sent: UInt64 = 0
  var retries: UInt64 = 0
  /// Calls sent twice on purpose whose second answer was compared.
  var duplicates: UInt64 = 0
  var drops: UInt64 = 0
  /// How late due units were begun though there was room for them: the harness's own delay.
  var lag = LatencyHistogram()

  /// One answer: of a batch, `operations` items.
  @inline(__always)
  func record(_ kind: CallKind, _ nanoseconds: UInt64, operations: UInt64, _ status: StatusCode) {
    let place = Int(kind.rawValue)
    kinds[place].calls &+= 1
    kinds[place].operations &+= operations
    kinds[place].latency.record(nanoseconds)
    statuses[min(Int(status.rawValue), statuses.count - 1)] &+= 1
  }

  func denied(_ detail: DetailType, times: UInt64 = 1) { denials[detail.rawValue, default: 0] += times }
  func failed(_ kind: CallKind) { kinds[Int(kind.rawValue)].errors &+= 1 }

  /// Adds what another thread, or a later interval, counted.
  func merge(_ other: Meter) {
    for index in kinds.indices {
      kinds[index].calls &+= other.kinds[index].calls
      kinds[index].operations &+= other.kinds[index].operations
      kinds[index].errors &+= other.kinds[index].errors
      kinds[index].latency.merge(other.kinds[index].latency)
    }
    for index in statuses.indices { statuses[index] &+= other.statuses[index] }
    denials.merge(other.denials, uniquingKeysWith: &+)
    sent &+= other.sent
    retries &+= other.retries
    duplicates &+= other.duplicates
    drops &+= other.drops
    lag.merge(other.lag)
  }

  func reset() {
    for index in kinds.indices {
      kinds[index].calls = 0
      kinds[index].operations = 0
      kinds[index].errors = 0
      kinds[index].latency.reset()
    }
    for index in statuses.indices { statuses[index] = 0 }
    denials.removeAll()
    (sent, retries, duplicates, drops) = (0, 0, 0, 0)
    lag.reset()
  }

  var calls: UInt64 { kinds.reduce(0) { $0 + $1.calls } }
  var operations: UInt64 { kinds.reduce(0) { $0 + $1.operations } }
  var errors: UInt64 { kinds.reduce(0) { $0 + $1.errors } }
  var denialCount: UInt64 { denials.values.reduce(0, +) }

  /// The latencies of all kinds.
  var latency: LatencyHistogram {
    var sum = LatencyHistogram()
    for kind in kinds where kind.calls > 0 { sum.merge(kind.latency) }
    return sum
  }

  /// Answers by name, for people.
  var namedStatuses: [String: UInt64] {
    var names: [String: UInt64] = [:]
    for (number, count) in statuses.enumerated() where count > 0 {
      names[StatusCode(rawValue: UInt16(number)).description.lowercased(), default: 0] += count
    }
    return names
  }
}
