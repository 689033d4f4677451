// Tables stand straight whatever is in them, nothing in them moves the cursor, and JSON keeps its order.

import Testing
import TollgateValues

@testable import tollgate

@Suite struct OutputTests {
  @Test func amountsStandBelowEachOtherByTheirPoint() {
    let text = Table.render(
      [.init("NAME"), .init("CREDITS", .decimal), .init("N", .right)],
      [["a", "24", "1"], ["longer", "0.5", "12"], ["z", "-3.000001", ""]])
    #expect(
      text == """
        NAME      CREDITS   N
        a       24          1
        longer   0.5       12
        z       -3.000001

        """)
  }

  @Test func columnsCountWhatStandsOnTheScreen() {
    let text = Table.render([.init("REASON"), .init("N", .right)], [["日本", "1"], ["née", "2"], ["e\u{301}", "3"]])
    #expect(
      text == """
        REASON  N
        日本    1
        née     2
        e\u{301}       3

        """)
    #expect("日本".displayWidth == 4)
    #expect("é".displayWidth == 1)
    #expect("👍".displayWidth == 2)
    #expect("a\u{200B}".displayWidth == 1)
  }

  @Test func whatATerminalWouldObeyIsShownInstead() {
    #expect("a\u{1B}[31mb\n\u{202E}c".printable == "a\\u{1b}[31mb\\u{a}\\u{202e}c")
    let text = Table.render([.init("A")], [["x\ny"]])
    #expect(text == "A\nx\\u{a}y\n")
    #expect(FieldList.render(["reason": "a\u{7}"]) == "reason  a\\u{7}\n")
  }

  @Test func chunksOfATableShareOneHeader() {
    var table = Table([.init("A"), .init("B", .right)])
    #expect(table.render([["wide cell", "1"]]) == "A          B\nwide cell  1\n")
    #expect(table.render([["x", "20"]]) == "x          20\n")
  }

  @Test func fieldsWithoutValueAreLeftOut() {
    #expect(FieldList.render(["hold": "h", "project": "", "price book": "1"]) == "hold        h\nprice book  1\n")
  }

  @Test func jsonKeepsOrderAndEscapes() {
    let json = JSON.object([
      "b": .string("a\"\\\n\u{1}ü"), "a": .array([.integer(1), .null, .bool(true)]), "e": .array([]), "o": .object([:]),
    ])
    #expect(json.line == #"{"b":"a\"\\\n\u0001ü","a":[1,null,true],"e":[],"o":{}}"#)
    #expect(
      JSON.object(["a": .array([.integer(1)]), "e": .array([])]).pretty == """
        {
          "a": [
            1
          ],
          "e": []
        }
        """)
  }

  @Test func noneAndNeverAreNull() {
    #expect(JSON.id(ProjectID.zero) == .null)
    #expect(JSON.instant(.never) == .null)
    #expect(JSON.credits(Credits(microcredits: 1_500_000)) == .string("1.5"))
  }

  @Test func aProgressBarFillsUp() {
    #expect(Progress.bar("capture", 0, of: 4, width: 4) == "capture  ░░░░  0/4")
    #expect(Progress.bar("capture", 3, of: 4, width: 4) == "capture  ███░  3/4")
    #expect(Progress.bar("capture", 4, of: 4, width: 4) == "capture  ████  4/4")
  }

  @Test func instantsForPeopleAreCutToSeconds() {
    #expect(Instant(nanoseconds: 1_999_999_999).brief == "1970-01-01T00:00:01Z")
    #expect(Instant(nanoseconds: -1).brief == "1969-12-31T23:59:59Z")
    #expect(Instant.never.brief == "never")
  }
}
