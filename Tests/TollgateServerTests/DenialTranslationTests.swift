// Every denial of the ledger reaches the wire with its own status and detail.

import Testing
import TollgateLedger
import TollgateService
import TollgateValues
import TollgateWire

@testable import TollgateServer

@Suite struct DenialTranslationTests {
  @Test func everyDenialHasItsOwnDetail() {
    let denials: [Denial] = [
      .malformed(.amount), .idOutsideWindow(earliest: .epoch, latest: .never), .payloadConflict(.jobCount),
      .accountUnknown, .accountExists, .accountFrozen, .accountClosed, .accountHasOpenHolds(2), .holdUnknown,
      .holdExpired(at: .epoch), .holdEnded(.voided), .holdNotExpired, .priceRefused(PriceRefusalCode(rawValue: 2)),
      .lifetimeOutOfRange(min: .zero, max: .zero), .tooManyOpenHolds(max: 1), .captureExceedsHold(left: .zero),
      .imagesExceedHold(left: 1), .tooManyLots(max: 1), .lotUnknown, .refundExceedsCapture(left: .zero),
      .insufficientCredits(shortfall: .zero, available: .zero, book: 1), .exhausted(.holds),
    ]
    let details = Set(denials.map { Refusal($0).detail.type })
    #expect(details.count == denials.count)
    for denial in denials {
      #expect(Refusal(denial).status != .ok)
      #expect(Refusal(denial).status != .internal, "\(denial) has no translation")
    }
  }

  @Test func rule15_wantOfCreditsSaysWhatIsRequired() {
    let denial = Denial.insufficientCredits(
      shortfall: Credits(microcredits: 6), available: Credits(microcredits: 10), book: 3)
    let refusal = Refusal(denial, remedy: Remedy(largestCount: 2, smallerSide: 768))
    #expect(
      refusal.detail
        == .insufficientCredits(
          shortfall: Credits(microcredits: 6), available: Credits(microcredits: 10),
          required: Credits(microcredits: 16),
          book: 3, largestCount: 2, smallerSide: 768))
  }

  @Test func refusalsOfQuotesAreNotRefusalsOfPrices() {
    for (index, refusal) in QuoteRefusal.allCases.enumerated() {
      let denial = Denial.priceRefused(PriceRefusalCode(rawValue: refusal.rawValue))
      #expect(Refusal(denial).detail == .quoteRefused(why: UInt8(index + 1)))
    }
  }
}
