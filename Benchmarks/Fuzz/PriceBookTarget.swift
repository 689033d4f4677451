// Fuzzes the reading of price books, which operators write: an error that names its place, or a book that can price.

import TollgatePricing
import TollgateValues

/// libFuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPriceBooks(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  do {
    let book = try PriceBook.parse(Array(UnsafeBufferPointer(start: start, count: count)), fileName: "fuzz.json")
    for (width, model) in [(512, 0), (1024, 1), (2048, 2), (4096, 9)] {
      let job = Job(
        width: UInt16(width), height: UInt16(width), steps: 50, count: 3, model: UInt16(model), quality: .high,
        controlNets: 1, features: [.inpainting])
      if let credits = book.price(job).credits { precondition(credits >= .zero && credits <= .amountMax) }
    }
  } catch {
    precondition(!"\(error)".isEmpty)
  }
  return 0
}
