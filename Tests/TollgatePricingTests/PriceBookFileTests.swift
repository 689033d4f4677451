// The price book's file: what is accepted, what is said about the rest, and that no bytes at all can trap the reader.

import Testing
import TollgatePricing
import TollgateTestSupport
import TollgateValues

@Suite struct PriceBookFileTests {
  private func problems(_ edits: [(String, String)]) throws -> [String] {
    problems(in: Array(try BookText.shippedText(edits).utf8))
  }

  private func problems(in bytes: [UInt8]) -> [String] {
    do {
      _ = try PriceBook.parse(bytes, fileName: "pricebook.json")
      return []
    } catch {
      return error.description.split(separator: "\n").map(String.init)
    }
  }

  /// What the shipped file says, what stands there instead, and the report of the one mistake.
  static let mistakes: [(String, String, String)] = [
    (
      "\"standard\": 4,", "\"standard\": \"4,0\",",
      "12: tiers[2].standard: expected credits with at most 6 decimals, such as 4 or 2.5; found \"4,0\""
    ),
    (
      "\"standard\": 4,", "\"standard\": 4e0,",
      "12: tiers[2].standard: expected credits with at most 6 decimals, such as 4 or 2.5; found 4e0"
    ),
    (
      "\"standard\": 4,", "\"standard\": 4.0000001,",
      "12: tiers[2].standard: expected credits with at most 6 decimals, such as 4 or 2.5; found 4.0000001"
    ),
    (
      "\"standard\": 4,", "\"standard\": -4,",
      "12: tiers[2].standard: expected credits with at most 6 decimals, such as 4 or 2.5; found -4"
    ),
    (
      "\"standard\": 4,", "\"standard\": 0,",
      "12: tiers[2].standard: expected credits above 0 and up to 1000000; found 0"
    ),
    (
      "\"standard\": 4,", "\"standard\": 1000000.000001,",
      "12: tiers[2].standard: expected credits above 0 and up to 1000000; found 1000000.000001"
    ),
    (
      "\"standard\": 4,", "\"standard\": 99999999999999999999999,",
      "12: tiers[2].standard: expected credits above 0 and up to 1000000; found 99999999999999999999999"
    ),
    ("\"standard\": 4, ", "", "12: tiers[2].standard: is missing"),
    (
      "\"standard\": 4,", "\"standard\": 4, \"standrad\": 4,",
      "12: tiers[2].standrad: unknown field; known fields are maxSide, draft, standard, high"
    ),
    (
      "\"quantum\": 0.5,", "\"quantum\": 0.5, \"colour\": 1, ",
      "5: colour: unknown field; known fields are number, name, appliesFrom, quantum, includedSteps, includedControlNets, maxima, tiers, classes, models, features, conflicts, extraControlNet, extraSteps"
    ),
    ("\"standard\": 4,", "\"standard\": 4, \"standard\": 5,", "12: tiers[2].standard: appears a second time"),
    (
      "\"maxSide\": 1024", "\"maxSide\": 768",
      "12: tiers[2].maxSide: expected more than 768, the tier before it; found 768"
    ),
    (
      "\"maxSide\": 512", "\"maxSide\": 65536",
      "10: tiers[0].maxSide: expected a whole number from 1 to 65535; found 65536"
    ),
    ("\"number\": 1,", "\"number\": 0,", "2: number: expected a whole number from 1 to 4294967295; found 0"),
    ("\"number\": 1,", "\"number\": 1.0,", "2: number: expected a whole number from 1 to 4294967295; found 1.0"),
    (
      "2026-01-01T00:00:00Z", "2026-02-29T00:00:00Z",
      "4: appliesFrom: expected an instant in UTC such as \"2026-01-01T00:00:00Z\"; found \"2026-02-29T00:00:00Z\""
    ),
    ("\"Launch prices\"", "\"\"", "3: name: expected a text of 1 to 64 bytes without control characters; found \"\""),
    (
      "\"multiplier\": 1.5", "\"multiplier\": 1001",
      "17: classes[1].multiplier: expected a multiplier above 0 and up to 1000; found 1001"
    ),
    ("\"name\": \"advanced\"", "\"name\": \"base\"", "17: classes[1].name: another class is called \"base\" already"),
    (
      "\"class\": \"premium\"", "\"class\": \"Premum\"",
      "23: models[2].class: no class is called \"Premum\"; did you mean \"premium\"?"
    ),
    (
      "{ \"number\": 1, \"name\": \"studio\"", "{ \"number\": 0, \"name\": \"studio\"",
      "22: models[1].number: another model has the number 0 already"
    ),
    ("\"studio\"", "\"sketch\"", "22: models[1].name: another model is called \"sketch\" already"),
    (
      "\"includedSteps\": 30", "\"includedSteps\": 151",
      "6: includedSteps: expected a whole number from 1 to 150; found 151"
    ),
    (
      "\"preview\": { \"multiply\": 0.25 }", "\"preview\": {}",
      "33: features.preview: expected either \"add\" or \"multiply\", or null for a feature that is not offered"
    ),
    (
      "\"preview\": { \"multiply\": 0.25 }", "\"preview\": 0.25", "33: features.preview: expected an object; found 0.25"
    ),
    (
      "\"multiply\": 0.25", "\"multiply\": 0.3333333",
      "33: features.preview.multiply: expected a multiplier with at most 6 decimals, such as 2 or 1.5; found 0.3333333"
    ),
    (
      "\"multiply\": 0.25", "\"multiply\": 0.333333",
      "25: features: the multipliers of priorityQueue and preview multiply to more than 6 decimals"
    ),
    (
      "[\"preview\", \"upscale2x\"]", "[\"preview\", \"upscale2\"]",
      "37: conflicts[1][1]: unknown feature; did you mean \"upscale2x\"?"
    ),
    ("[\"preview\", \"upscale2x\"]", "[\"preview\", \"preview\"]", "37: conflicts[1][1]: appears a second time"),
    ("[\"preview\", \"upscale2x\"]", "[\"preview\"]", "37: conflicts[1]: expected a list of 2 to 8 features"),
    (
      "\"perStarted\": 10", "\"perStarted\": 0",
      "41: extraSteps.perStarted: expected a whole number from 1 to 65535; found 0"
    ),
    ("\"tiers\": [", "\"tiers\": {}, \"x\": [", "9: tiers: expected a list of tiers; found an object"),
  ]

  @Test(arguments: mistakes)
  func aMistakeIsNamedByLineAndField(old: String, new: String, report: String) throws {
    let found = try problems([(old, new)])
    #expect(found.first == "pricebook.json:" + report)
    // Renaming a list or a class leaves behind another field, or a model, that is wrong too.
    let renames = new.contains("\"x\"") || old == "\"name\": \"advanced\""
    #expect(found.count == (renames ? 2 : 1))
  }

  @Test(arguments: [("\"standard\": 4,", "\"standart\": 4,"), ("\"standard\": 4,", "\"Standard\": 4,")])
  func aMisspeltFieldIsTwoProblemsWithAHint(old: String, new: String) throws {
    let name = new.dropFirst().prefix(8)
    #expect(
      try problems([(old, new)]) == [
        "pricebook.json:12: tiers[2].standard: is missing",
        "pricebook.json:12: tiers[2].\(name): unknown field; did you mean \"standard\"?",
      ])
  }

  @Test(arguments: [
    ("\"standard\": 4,", "\"standard\": 4,0,", "12:50: expected a field name in quotation marks; found '0'"),
    ("\"number\": 1,", "\"number\": 01,", "2:14: expected ',' or '}' after a field; found '1'"),
    ("\"number\": 1,", "\"number\": +1,", "2:13: expected a value; found '+'"),
    ("\"number\": 1,", "\"number\": NaN,", "2:13: expected a value; found 'N'"),
    ("\"number\": 1,", "// one\n\"number\": 1,", "2:3: expected a field name in quotation marks; found '/'"),
    ("\"Launch prices\"", "\"Launch\nprices\"", "3:18: expected '\"' at the end of a text; found the end of the line"),
    ("\"Launch prices\"", "\"\\x\"", "3:13: expected one of \" \\ / b f n r t u after a backslash; found 'x'"),
    ("\"Launch prices\"", "\"\\ud800\"", "3:12: an escape that is half of a surrogate pair"),
    (
      "\"perStarted\": 10 }\n}", "\"perStarted\": 10 }\n",
      "43:1: expected ',' or '}' after a field; found the end of the file"
    ),
    ("\"perStarted\": 10 }\n}", "\"perStarted\": 10 }\n},", "42:2: expected the end of the file; found ','"),
    ("\"perStarted\": 10 }", "\"perStarted\": 10 },", "42:1: expected a field name in quotation marks; found '}'"),
  ])
  func whatIsNotJSONIsNamedByLineAndColumn(old: String, new: String, report: String) throws {
    #expect(try problems([(old, new)]) == ["pricebook.json:" + report])
  }

  @Test func allMistakesAreReportedAtOnceInTheFilesOrder() throws {
    let found = try problems([
      ("\"number\": 1,", "\"number\": \"one\","), ("\"draft\": 2,", ""),
      ("\"multiplier\": 2", "\"multiplier\": \"two\""),
      ("\"perStarted\": 10", "\"perStarted\": -1"), ("\"class\": \"base\"", "\"class\": \"bass\""),
    ])
    let lines = found.map { $0.split(separator: ":")[1] }
    #expect(lines == ["2", "11", "18", "21", "41"])
  }

  @Test func atMostTwentyProblemsAreListed() throws {
    let models = (0..<50).map { _ in "{}" }.joined(separator: ",")
    let found = try problems([("\"models\": [", "\"models\": [\(models),")])
    #expect(found.count == 21)
    #expect(found.last == "… and 130 more")
  }

  @Test func decimalsAndTextsMeanTheSame() throws {
    let book = try BookText.shipped([
      ("\"standard\": 4,", "\"standard\": \"4.000000\","), ("\"multiplier\": 1.5", "\"multiplier\": \"1.50\""),
      ("\"Launch prices\"", "\"\\u004Caunch\\u0020prices\""),
    ])
    #expect(book == PriceBook.shipped)
    #expect(try BookText.shipped(replacing: "Launch", with: "\\ud83d\\ude80 \\\"a\\\"").name == "🚀 \"a\" prices")
  }

  @Test(arguments: [
    ("1970-01-01T00:00:00Z", true), ("2024-02-29T23:59:59.123456789Z", true), ("2100-02-29T00:00:00Z", false),
    ("2000-02-29T00:00:00Z", true), ("2026-13-01T00:00:00Z", false), ("2026-00-01T00:00:00Z", false),
    ("2026-01-00T00:00:00Z", false), ("2026-04-31T00:00:00Z", false), ("2026-01-01T24:00:00Z", false),
    ("2026-01-01T23:60:00Z", false), ("2026-12-31T23:59:60Z", false), ("2026-01-01t00:00:00Z", false),
    ("2026-01-01T00:00:00+00:00", false), ("2026-01-01T00:00:00.Z", false), ("2026-01-01T00:00:00.1234567890Z", false),
    ("1969-12-31T23:59:59Z", false), ("2261-12-31T23:59:59Z", true), ("2262-01-01T00:00:00Z", false), ("", false),
  ])
  func instantsAreReadByHand(text: String, valid: Bool) throws {
    let changed = [("2026-01-01T00:00:00Z", text)]
    guard valid else {
      #expect(try problems(changed).count == 1)
      return
    }
    // The values' own printing is the independent witness.
    #expect(try BookText.shipped(changed).appliesFrom.description == text)
  }

  @Test func everyDayOfFourCenturiesIsReadAsItIsPrinted() throws {
    var generator = SeededGenerator()
    for _ in 0..<60 {
      let seconds = Int64.random(in: 0..<9_214_646_400, using: &generator)
      let text = Instant(nanoseconds: seconds * 1_000_000_000).description
      let book = try BookText.shipped(replacing: "2026-01-01T00:00:00Z", with: text)
      #expect(book.appliesFrom.nanoseconds == seconds * 1_000_000_000, "\(text) \(generator.recipe)")
    }
  }

  @Test func filesAndListsAreBounded() throws {
    #expect(
      problems(in: [UInt8](repeating: 0x20, count: 1 << 20 + 1)).first?.hasSuffix("at most 1048576 are read") == true)
    #expect(
      problems(in: [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)) == [
        "pricebook.json:1:17: nested deeper than 16 levels"
      ])
    #expect(problems(in: []) == ["pricebook.json:1:1: expected a value; found the end of the file"])
    #expect(problems(in: [0xEF, 0xBB, 0xBF]) == ["pricebook.json:1:1: expected a value; found byte 239"])
    #expect(
      problems(in: Array("\"".utf8) + [0xFF] + Array("\"".utf8)) == ["pricebook.json:1:1: a text that is not UTF-8"])
    let tiers = (1...65).map { "{\"maxSide\":\($0),\"draft\":1,\"standard\":1,\"high\":1}" }.joined(separator: ",")
    #expect(
      try problems([("\"tiers\": [", "\"tiers\": [\(tiers)], \"y\": [")]).contains(
        "pricebook.json:9: tiers: expected 1 to 64 tiers; found 65"))
    let models = (10...1_034).map { "{\"number\":\($0),\"name\":\"m\($0)\",\"class\":\"base\"}" }.joined(separator: ",")
    #expect(
      try problems([("\"models\": [", "\"models\": [\(models)], \"y\": [")]).contains(
        "pricebook.json:20: models: expected 1 to 1024 models; found 1025"))
  }

  @Test func mutatedFilesNeverTrap() throws {
    var generator = SeededGenerator()
    let tokens = [
      "null", "-1", "1e999", "\"", "{", "}", "[", "]", ",", ":", "\\u", "18446744073709551616", "0.000001", "65535",
      "é", "\u{0}",
    ]
    var read = 0
    for _ in 0..<1_000 {
      var bytes = PriceBook.shippedFile
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let position = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0...4, using: &generator) {
        case 0: bytes[position] = UInt8.random(in: .min ... .max, using: &generator)
        case 1: bytes.removeSubrange(position..<min(bytes.count, position + Int.random(in: 1...20, using: &generator)))
        case 2: bytes.insert(contentsOf: Array(tokens.randomElement(using: &generator)!.utf8), at: position)
        case 3: bytes[position] = UInt8.random(in: UInt8(ascii: "0")...UInt8(ascii: "9"), using: &generator)
        default: bytes.removeLast(min(bytes.count - 1, Int.random(in: 1...200, using: &generator)))
        }
      }
      do {
        let book = try PriceBook.parse(bytes, fileName: "f")
        read += 1
        let job = Job(width: .random(in: 0...3_000, using: &generator), height: 9, count: 3, features: .priorityQueue)
        if let price = book.price(job).credits {
          #expect(price > .zero && price.microcredits % book.quantum.microcredits == 0, "\(generator.recipe)")
        }
      } catch {
        #expect(
          (1...20).contains(error.problems.count) && error.problems.allSatisfy { $0.line > 0 && $0.column > 0 },
          "\(generator.recipe)")
      }
    }
    #expect(read > 0, "\(generator.recipe)")
  }
}
