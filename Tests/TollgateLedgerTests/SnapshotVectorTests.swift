// A small ledger with some of everything is written as version 2 of the format always wrote it, and is read back.

import Testing
import TollgateLedger
import TollgateValues

/// Records of every kind: lots in use, pending, spent, expired and voided; an overdraft that was partly repaid; holds of one
/// pin, of several, and expired; a refund; requests whose holds had captured nothing, all, and something between.
private func smallLedger() -> Ledger {
  var book = Book(LedgerConfiguration(lateCaptureWindow: .seconds(900)))
  book.run(
    """
    open A1
    open A2
    open A3
    grant L1 A1 10 expires 500 priority 7 paid 1234
    grant L2 A1 20 expires 900 promotional
    grant L3 A1 30 from 400 expires 2000 package
    at 1 hold H1 A1 25 for 600 images 5    → held 25 until 601
    hold H2 A1 4 for 30 book 9             → held 4 until 31
    capture H1 images 1 #C1                → captured 5, 20 left
    grant L4 A2 6
    charge X1 A2 6                         → charged 6
    grant L5 A2 5 overdraft
    hold H3 A2 2 for 600                   → held 2 until 601
    capture H3 all closing #C3             → captured 2, closed
    hold H4 A2 2 for 600                   → held 2 until 601
    capture H4 0.5 closing #C4             → captured 0.5, closed
    hold H5 A2 1 for 600                   → held 1 until 601
    void H5 #V5                            → voided 1
    grant L6 A2 1 bonus expires 700        → granted 1
    grant L9 A2 1                          → granted 1
    refund A2 of X1 just 2 #R1             → refunded 2
    grant L7 A3 3
    close A3 #Z3                           → closed
    hold H6 A1 1000 for 60                 → declined insufficient, short 999 of 1
    open A4
    grant L8 A4 3 expires 40
    freeze A4 #F4                          → frozen
    at 50 expire 100                       → expired 2
    late H2 1 #C2                          → captured 1 late
    """)
  let job = Job(
    width: 1_024, height: 768, steps: 30, count: 4, model: 2, quality: .high, controlNets: 1,
    features: [.inpainting, .upscale4x])
  let spend = Spend(
    account: book.accountID("A1"), job: job, project: ProjectID(high: 0x60, low: 0x61),
    member: MemberID(high: 0x70, low: 0x71), price: .amount(credits("0.25"), book: 77))
  let request = RequestID(at: book.now, randomness: (2, 3))
  let authorize = Command(request: request, operation: .authorize(Authorize(spend: spend, lifetime: .hours(1))))
  #expect(book.apply(authorize) == "held 0.25 until 3650")
  return book.ledger
}

@Test func aSnapshotIsWrittenAsVersionTwoAlwaysWroteIt() throws {
  let ledger = smallLedger()
  var chunks: [[UInt8]] = []
  ledger.encodeSnapshot { chunks.append($0) }
  #expect(chunks.count == 1)
  var rest = chunks.joined().map { $0 }[...]
  for line in goldenSnapshot {
    let record = rest.prefix(line.utf8.count / 2)
    #expect(hexadecimal(record) == line)
    rest = rest.dropFirst(record.count)
  }
  #expect(rest.isEmpty)
  let copy = try Ledger(snapshot: chunks, hashKey: (5, 6))
  #expect(copy.digest == ledger.digest && copy.audit() == [])
}

/// The golden records, which a test changes; the tag is a record's first two digits.
private struct Script {
  var lines = goldenSnapshot

  func first(_ tag: String, where isWanted: (String) -> Bool = { _ in true }) -> Int? {
    lines.indices.dropFirst().first { lines[$0].hasPrefix(tag) && isWanted(lines[$0]) }
  }

  /// Writes a line twice and counts it in the last record, as the count of such a place there.
  mutating func `repeat`(_ line: Int, counted place: Int) {
    lines.insert(lines[line], at: line)
    var end = bytes(lines[lines.count - 2])
    end[1 + 8 * place] += 1
    lines[lines.count - 2] = hexadecimal(end)
  }

  /// What reading the snapshot says, with the right checksum.
  func problem() -> String? {
    let body = lines.dropLast().flatMap(bytes)
    let checksum = Checksum.over(body)
    var writer = ByteWriter()
    writer.write(raw: body)
    writer.write(checksum.high)
    writer.write(checksum.low)
    do {
      _ = try Ledger(snapshot: [writer.bytes], hashKey: (5, 6))
      return nil
    } catch {
      return error.problem
    }
  }
}

@Test func nothingStandsTwiceInASnapshot() throws {
  #expect(Script().problem() == nil)
  var accounts = Script()
  accounts.repeat(try #require(accounts.first("02")), counted: 0)
  #expect(accounts.problem() == "an account twice")
  var holds = Script()
  // The hold that has expired, as it has no pins.
  holds.repeat(try #require(holds.first("05") { Array($0)[34...35] == ["0", "1"] }), counted: 2)
  #expect(holds.problem() == "a hold twice")
  var requests = Script()
  requests.repeat(try #require(requests.first("09")), counted: 6)
  #expect(requests.problem()?.contains("is remembered wrongly or twice") == true)
  var events = Script()
  events.repeat(try #require(events.first("08")), counted: 5)
  #expect(events.problem() == "an event twice")
}

/// Wherever a snapshot is cut, with the right checksum under what is left.
@Test func aSnapshotThatEndsWithinARecordIsRefused() {
  var script = Script()
  while script.lines.count > 2 {
    let last = script.lines[script.lines.count - 2]
    for digits in [last.count - 2, last.count / 4 * 2, 2] where digits > 0 && digits < last.count {
      script.lines[script.lines.count - 2] = String(last.prefix(digits))
      #expect(script.problem() != nil, "\(last) cut to \(digits) digits")
    }
    script.lines.remove(at: script.lines.count - 2)
  }
}

private func bytes(_ digits: String) -> [UInt8] {
  let digits = Array(digits.utf8)
  let values = digits.map { $0 < UInt8(ascii: "a") ? $0 - UInt8(ascii: "0") : $0 - UInt8(ascii: "a") + 10 }
  return stride(from: 0, to: values.count - 1, by: 2).map { values[$0] << 4 | values[$0 + 1] }
}

private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef")
  return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}
