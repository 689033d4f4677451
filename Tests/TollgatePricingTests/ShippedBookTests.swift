// What the book that ships costs: the table of PRODUCT.md, and every claim of the public guide to credits.

import Testing
import TollgatePricing
import TollgateValues

@Suite struct ShippedBookTests {
  let book = PriceBook.shipped

  /// side, draft, standard, high, each for one image of a base model.
  static let table: [(UInt16, String, String, String)] = [
    (512, "1", "1.5", "2"), (768, "2", "2.5", "3"), (1024, "3", "4", "5"), (2048, "8", "10", "12"),
  ]

  @Test func everyTierQualityAndClassCostsWhatTheTableSays() throws {
    for (side, draft, standard, high) in ShippedBookTests.table {
      for (quality, text) in [(Job.Quality.draft, draft), (.standard, standard), (.high, high)] {
        let base = try #require(Credits(text)).microcredits
        // Numerators over two: ×1, ×1.5, ×2. Then up to the next half credit.
        for (model, halves) in [(UInt16(0), Int64(2)), (1, 3), (2, 4)] {
          let exact = base * halves / 2
          let expected = (exact + 499_999) / 500_000 * 500_000
          let job = Job(width: side, height: side, model: model, quality: quality)
          #expect(book.price(job) == .amount(Credits(microcredits: expected)), "\(side) \(text) model \(model)")
        }
      }
    }
  }

  @Test(arguments: [
    (UInt16(1), UInt16(1), "1.5"), (512, 512, "1.5"), (513, 512, "2.5"), (512, 513, "2.5"), (100, 768, "2.5"),
    (769, 1, "4"), (1024, 1024, "4"), (1, 1025, "10"), (2048, 2048, "10"),
  ])
  func aTierHoldsAnImageIfBothSidesFit(width: UInt16, height: UInt16, price: String) {
    #expect(book.price(Job(width: width, height: height)).credits?.description == price)
    #expect(book.price(Job(width: height, height: width)).credits?.description == price)
  }

  static let featurePrices: [(Job.Features, String)] = [
    (Job.Features.imageToImage, "4.5"), (.inpainting, "5"), (.upscale2x, "5"), (.upscale4x, "7"),
    (.faceRestoration, "4.5"), (.backgroundRemoval, "4.5"), (.priorityQueue, "6"), (.preview, "1"),
    // (4 × 1.5 × 0.25) + 0.5 = 2: multipliers act on the base price, additions come after them.
    ([.priorityQueue, .preview, .faceRestoration], "2"),
    // Everything that may be combined without preview: 4 × 1.5 + 0.5 + 1 + 3 + 0.5 + 0.5.
    ([.imageToImage, .inpainting, .upscale4x, .faceRestoration, .backgroundRemoval, .priorityQueue], "11.5"),
  ]

  @Test(arguments: featurePrices)
  func featuresAddOrMultiply(features: Job.Features, price: String) {
    #expect(book.price(Job(width: 1024, height: 1024, features: features)).credits?.description == price)
  }

  @Test(arguments: [
    (UInt16(0), UInt8(0), "4"), (1, 0, "4"), (30, 1, "4"), (31, 1, "4.5"), (40, 1, "4.5"), (41, 1, "5"), (150, 1, "10"),
    (30, 2, "4.5"), (30, 4, "5.5"), (50, 3, "6"),
  ])
  func extraStepsAndControlNetsAddUp(steps: UInt16, controlNets: UInt8, price: String) {
    let job = Job(width: 1024, height: 1024, steps: steps, controlNets: controlNets)
    #expect(book.price(job).credits?.description == price)
  }

  // The guide's claims, in its order.

  @Test(arguments: [(UInt16(512), "1", "2"), (1024, "3", "5"), (2048, "8", "12")])
  func guideNamesTheRangeOfPricesBySize(side: UInt16, least: String, most: String) {
    let prices = [Job.Quality.draft, .standard, .high].map {
      book.price(Job(width: side, height: side, quality: $0)).credits
    }
    #expect(prices.first??.description == least)
    #expect(prices.last??.description == most)
    #expect(prices.allSatisfy { $0! >= Credits(least)! && $0! <= Credits(most)! })
  }

  @Test func guideSaysThatFourImagesCostFourTimesOne() throws {
    for (side, _, _, _) in ShippedBookTests.table {
      for quality in [Job.Quality.draft, .standard, .high] {
        for model in [UInt16(0), 2] {
          var job = Job(width: side, height: side, model: model, quality: quality)
          let one = try #require(book.price(job).credits)
          job.count = 4
          #expect(book.price(job) == .amount(Credits(microcredits: one.microcredits * 4)))
        }
      }
    }
  }

  @Test func guideSaysThatAdvancedModelsCostOneAndAHalfToTwiceAsMuch() throws {
    // Four images, so that the quantum takes no part: 1.5 credits × 1.5 is not a multiple of it.
    for (side, _, _, _) in ShippedBookTests.table {
      for quality in [Job.Quality.draft, .standard, .high] {
        let prices = try [UInt16(0), 1, 2].map { model in
          let job = Job(width: side, height: side, count: 4, model: model, quality: quality)
          return try #require(book.price(job).credits).microcredits
        }
        #expect(prices[1] * 2 == prices[0] * 3)
        #expect(prices[2] == prices[0] * 2)
      }
    }
  }

  /// Plan's credits, and the numbers of standard and high-resolution images that the guide promises for them.
  @Test(arguments: [
    (Int64(50), Int64(25)...50, Int64(10)...15), (1_000, 500...1_000, 200...300), (3_000, 1_500...3_000, 600...1_000),
  ])
  func guideSaysHowManyImagesAPlanIsGoodFor(
    credits: Int64, standard: ClosedRange<Int64>, highResolution: ClosedRange<Int64>
  ) throws {
    for (side, promise) in [(UInt16(512), standard), (1024, highResolution)] {
      let dear = try #require(book.price(Job(width: side, height: side, quality: .high)).credits)
      let cheap = try #require(book.price(Job(width: side, height: side, quality: .draft)).credits)
      #expect(credits * 1_000_000 / dear.microcredits >= promise.lowerBound)
      #expect(credits * 1_000_000 / cheap.microcredits >= promise.upperBound)
    }
  }

  @Test func theBookSaysWhatItIs() {
    #expect(book.number == 1)
    #expect(book.appliesFrom.description == "2026-01-01T00:00:00Z")
    #expect(book.quantum.description == "0.5")
    #expect(book.terms.models.map { book.terms.classes[$0.classIndex].name } == ["base", "advanced", "premium"])
    #expect(book.offeredFeatures == .known)
    #expect(book.compiled.fitsInWords)
    #expect(book.model(1)?.name == "studio")
    #expect(book.model(3) == nil)
    #expect(Job.Features.names.count == Job.Features.known.rawValue.nonzeroBitCount)
  }
}
