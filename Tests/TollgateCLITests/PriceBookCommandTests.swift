// `tollgate pricebook`: a wrong file is told line by line, and a price offline is the price book's own.

import ArgumentParser
import Foundation
import Testing
import TollgatePricing
import TollgateValues

@testable import tollgate

@Suite struct PriceBookCommandTests {
  func write(_ change: (String) -> String = { $0 }) throws -> String {
    let text = change(String(decoding: PriceBook.shippedFile, as: UTF8.self))
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("book-\(UUID().uuidString).json").path
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func theShippedBookIsValid() throws {
    let book = try PriceBookFile.load(try write())
    #expect(book.oneLine == "price book 1, Launch prices, from 2026-01-01T00:00:00Z")
    #expect(book.report.text.contains("1024×1024      3       4       5"))
  }

  @Test func aWrongBookIsToldByLineAndField() throws {
    let path = try write {
      $0.replacing("\"standard\": 4", with: "\"standard\": \"4,0\"").replacing("0.25", with: "-1")
    }
    do throws(Failure) {
      _ = try PriceBookFile.load(path)
      Issue.record("the book is wrong")
    } catch {
      #expect(error.status == .usage)
      #expect(error.kind == "priceBookInvalid")
      #expect(error.message.hasPrefix("\(path) is no valid price book: 2 mistakes\n\(path):12: tiers[2].standard: "))
      let problems = error.json["error"]?["problems"]
      guard case .array(let list) = problems else {
        Issue.record("expected a list of problems")
        return
      }
      #expect(list.first?["line"] == .integer(12))
      #expect(list.first?["field"] == .string("tiers[2].standard"))
    }
  }

  @Test func severalWrongBooksAreToldTogether() async throws {
    let paths = [try write { _ in "{" }, try write(), try write { _ in "[]" }]
    let command = try ValidateCommand.parse(paths)
    let failure = await #expect(throws: Failure.self) { try await command.run() }
    #expect(failure?.status == .usage)
    #expect(failure?.message.contains(paths[0]) == true)
    #expect(failure?.message.contains(paths[2]) == true)
  }

  @Test func booksThatDoNotMakeAShelfAreRefused() async throws {
    let paths = [try write(), try write()]
    let command = try ValidateCommand.parse(paths)
    let failure = await #expect(throws: Failure.self) { try await command.run() }
    #expect(failure?.message == "two price books have the number 1")
  }

  @Test func aMissingBookIsNamed() async throws {
    let failure = #expect(throws: Failure.self) { try PriceBookFile.load("/nonexistent.json") }
    #expect(
      failure?.message == "the price book /nonexistent.json cannot be opened: check that it exists and may be read")
  }

  @Test func aPriceComesWithItsStepsAndWhatFits() throws {
    let job = Job(width: 1024, height: 1024, count: 4, model: 1)
    let report = try PriceBook.shipped.report(of: job, available: Credits("14"))
    #expect(report.json["amount"] == .string("24"))
    #expect(report.json["shortfall"] == .string("10"))
    #expect(report.json["largestCountThatFits"] == .integer(2))
    #expect(report.json["smallerJobThatFits"]?.line == #"{"width":512,"height":512,"amount":"9"}"#)
    #expect(
      report.text == """
        STEP                                        CREDITS
        1024×1024, standard (tier up to 1024×1024)        4
        model studio (advanced) ×1.5                      2
        ×4 images                                        18
        price                                            24

        available  14 credits
        missing    10 credits
        fits now   2 of 4 images
        or all at  512×512 for 9

        """)
  }

  @Test func aJobWithoutPriceIsADenial() {
    let failure = #expect(throws: Failure.self) {
      try PriceBook.shipped.report(of: Job(width: 4_096, height: 1), available: nil)
    }
    #expect(failure?.status == .denied)
    #expect(failure?.message == "priceRefused: 4096×1 exceeds the largest tier, 2048×2048")
  }
}
