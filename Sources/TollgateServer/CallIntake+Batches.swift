// Calls of many items: each item becomes a command of the batch at hand, and one result of the reply.

internal import TollgateLedger
internal import TollgateService
internal import TollgateValues
internal import TollgateWire

extension CallIntake {
  /// Adds the items of a batch call.
  mutating func add(_ items: [AuthorizeItem], _ head: RequestHead, _ call: UInt64) {
    begin(.authorizeBatch, items.count, head, call)
    for item in items {
      let authorize = Authorize(spend: Spend(item), lifetime: item.lifetime)
      batch.commands.append(Command(request: item.request, plain: .authorize(authorize)))
    }
  }

  /// Adds the items of a batch call, or none of them.
  mutating func add(_ items: [CaptureItem], _ head: RequestHead, _ call: UInt64) throws(RequestError) {
    for item in items { _ = try Take(kind: item.takeKind, value: item.takeValue) }
    begin(.captureBatch, items.count, head, call)
    for item in items {
      batch.commands.append(Command(request: item.request, plain: .capture(try Capture(item))))
    }
  }

  private mutating func begin(_ kind: CallSlot.Kind, _ count: Int, _ head: RequestHead, _ call: UInt64) {
    slots.append(CallSlot(call: call, first: batch.commands.count, count: count, kind: kind))
    batch.deadlines.append(contentsOf: repeatElement(deadline(of: head), count: count))
  }
}
