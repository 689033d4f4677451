// Quotes of many jobs: split as the gate's limits demand, and put together again as if it had been one call.

internal import NIOCore
internal import TollgateValues
internal import TollgateWire

extension TollgateClient {
  /// Asks in as few calls as the gate allows; all are sent at once.
  func quotes(
    _ jobs: [Job], for account: AccountID, lifetime: TimeSpan, _ options: CallOptions
  ) async throws(TollgateError) -> Decision<QuoteBatch> {
    let size = max(1, pool.batchItems ?? TollgateClient.batchItemsBeforeWelcome)
    let parts =
      jobs.isEmpty ? [0..<0] : stride(from: 0, to: jobs.count, by: size).map { $0..<min(jobs.count, $0 + size) }
    var frames: [ByteBuffer] = []
    for part in parts {
      let message = QuoteBatchRequest(account: account, lifetime: lifetime, jobs: Array(jobs[part]))
      frames.append(try PreparedCall.frame(.quoteBatch, message, id: .zero, trace: options.trace))
    }
    var whole: QuoteBatch?
    for (reply, part) in zip(await performAll(frames, areRepeatable: true, options), parts) {
      switch try reply.get().decision(of: QuoteBatchReply.self) {
      case .denied(let denial): return .denied(denial)
      case .accepted(let reply, _):
        guard reply.amounts.count == part.count else {
          throw TollgateError(
            code: .protocolViolation, message: "the gate gave \(reply.amounts.count) prices for \(part.count) jobs",
            outcome: .done)
        }
        if whole == nil { whole = QuoteBatch(reply) } else { whole?.add(QuoteBatch(reply)) }
      }
    }
    guard let whole else {
      throw TollgateError(code: .unknown, message: "the call came back without an answer", outcome: .notProcessed)
    }
    return .accepted(whole, replayed: false)
  }
}

extension QuoteBatch {
  init(_ reply: QuoteBatchReply) {
    self.init(
      items: zip(reply.amounts, reply.quotes).map { amount, quote in
        guard amount < 0 else {
          let price = QuotedPrice(
            id: quote, amount: Credits(microcredits: amount), priceBook: reply.book, expires: reply.expires)
          return .accepted(price, replayed: false)
        }
        let refusal = PriceRefusal(code: UInt8(clamping: amount.magnitude))
        let sentence = refusal.sentence
        return .denied(
          Denial(refusal.detail, replayed: false) ?? Denial(reason: .priceRefused, message: sentence))
      },
      total: reply.total, available: reply.available, shortfall: reply.shortfall, fittingCount: Int(reply.fitting))
  }

  /// Adds the jobs that come after these. The account's credits are those that were told last.
  mutating func add(_ next: QuoteBatch) {
    items += next.items
    available = next.available
    var sum: Int64 = 0
    fittingCount = 0
    for (index, item) in items.enumerated() {
      let (more, overflows) = sum.addingReportingOverflow(item.success?.amount.microcredits ?? 0)
      sum = overflows ? .max : more
      if sum <= available.microcredits { fittingCount = index + 1 }
    }
    total = Credits(microcredits: sum)
    shortfall = total > available ? Credits(microcredits: sum - available.microcredits) : .zero
  }
}
