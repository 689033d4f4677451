import Testing
import TollgatePricing
import TollgateValues

@Test func smoke() {
  #expect(PriceBook.shipped.price(Job(width: 1024, height: 1024, count: 4, model: 1)) == .amount(Credits("24")!))
}
