// Rules 10 and 11 of PRODUCT.md, and the refusals: their codes, their order, their fields, their words.

import Testing
import TollgatePricing
import TollgateTestSupport
import TollgateValues

@Suite struct Rule10PricesComeFromTheServer {
  @Test func theSameJobHasTheSamePriceWhoeverAsks() {
    let job = Job(width: 640, height: 480, steps: 45, count: 3, model: 1, features: [.inpainting])
    #expect(PriceBook.shipped.price(job) == PriceBook.shipped.price(job))
    // ((2.5 × 1.5) + 1 + 2 blocks of 0.5) × 3 = 17.25, up to 17.5.
    #expect(PriceBook.shipped.price(job).credits?.description == "17.5")
  }

  @Test func aBookPricesByItsOwnTermsOnly() throws {
    let dearer = try BookText.shipped(replacing: "\"standard\": 4", with: "\"standard\": \"4.25\"")
    #expect(dearer.price(Job(width: 1024, height: 1024)).credits?.description == "4.5")
    #expect(PriceBook.shipped.price(Job(width: 1024, height: 1024)).credits?.description == "4")
  }
}

@Suite struct Rule11RoundingOnce {
  @Test(arguments: [(UInt16(1), "0.5"), (2, "0.5"), (3, "1"), (4, "1"), (5, "1.5"), (6, "1.5"), (256, "64")])
  func theWholeJobIsRoundedUpNotEachImage(count: UInt16, price: String) {
    // A draft preview of 512×512 costs 0.25 credits before rounding.
    let job = Job(width: 512, height: 512, count: count, quality: .draft, features: .preview)
    #expect(PriceBook.shipped.price(job).credits?.description == price)
  }

  @Test func multipliersAreNotRoundedInBetween() {
    // 1.5 × 1.5 × 1.5 × 0.25 = 0.84375 an image; × 16 = 13.5 exactly.
    let job = Job(width: 512, height: 512, count: 16, model: 1, features: [.priorityQueue, .preview])
    #expect(PriceBook.shipped.price(job).credits?.description == "13.5")
  }

  @Test func aMicrocreditAboveTheQuantumCostsAnother() throws {
    let book = try BookText.shipped(replacing: "\"standard\": 4", with: "\"standard\": 4.000001")
    #expect(book.price(Job(width: 1024, height: 1024)).credits?.description == "4.5")
  }

  @Test func partsAddUpExactly() {
    let total = Credits(microcredits: 1_000_003)
    let parts = (0..<7).map { PriceSplit.amount(of: total, forImage: UInt16($0), of: 7).microcredits }
    #expect(parts == [142_858, 142_858, 142_858, 142_858, 142_857, 142_857, 142_857])
    #expect(parts.reduce(0, +) == total.microcredits)
  }

  @Test func partsOfRandomPricesAddUpAndDifferByAtMostOne() {
    var generator = SeededGenerator()
    for _ in 0..<500 {
      let total = Credits(microcredits: Int64.random(in: 0...Credits.amountMax.microcredits, using: &generator))
      let images = UInt16.random(in: 1...300, using: &generator)
      let parts = (0..<images).map { PriceSplit.amount(of: total, forImage: $0, of: images).microcredits }
      var sum: Int64 = 0
      for (index, part) in parts.enumerated() {
        sum += part
        let first = PriceSplit.amount(of: total, forFirst: UInt16(index + 1), of: images)
        #expect(first.microcredits == sum, "\(generator.recipe)")
      }
      #expect(sum == total.microcredits, "\(generator.recipe)")
      #expect(parts.max()! - parts.min()! <= 1, "\(generator.recipe)")
    }
  }

  @Test func oddSplitsAreHarmless() {
    let total = Credits(microcredits: 10)
    #expect(PriceSplit.amount(of: total, forFirst: 0, of: 3) == .zero)
    #expect(PriceSplit.amount(of: total, forFirst: 9, of: 3) == total)
    #expect(PriceSplit.amount(of: total, forFirst: 1, of: 0) == .zero)
    #expect(PriceSplit.amount(of: Credits(microcredits: -5), forFirst: 1, of: 2) == .zero)
    #expect(PriceSplit.amount(of: total, forImage: 3, of: 3) == .zero)
    let most = PriceSplit.amount(of: Credits(microcredits: .max), forFirst: .max, of: .max)
    #expect(most == Credits(microcredits: .max))
  }
}

@Suite struct PriceRefusalTests {
  /// A job that breaks every rule at once; mending the named field in turn shows the next refusal.
  @Test func theFirstRefusalInTheOrderOfCodesWins() {
    let book = PriceBook.shipped
    var job = Job(
      width: 0, height: 4096, steps: 999, count: 0, model: 77, quality: Job.Quality(rawValue: 9), controlNets: 200,
      features: Job.Features(rawValue: 1 << 20 | 1 << 2 | 1 << 3))
    #expect(book.price(job) == .refused(.zeroSize))
    job.width = 4096
    #expect(book.price(job) == .refused(.tooLarge))
    (job.width, job.height) = (2048, 2048)
    #expect(book.price(job) == .refused(.unknownModel))
    job.model = 2
    #expect(book.price(job) == .refused(.unknownQuality))
    job.quality = .high
    #expect(book.price(job) == .refused(.unknownFeature))
    job.features = [.upscale2x, .upscale4x]
    #expect(book.price(job) == .refused(.conflictingFeatures))
    job.features = [.upscale2x]
    #expect(book.price(job) == .refused(.countOutOfRange))
    job.count = 257
    #expect(book.price(job) == .refused(.countOutOfRange))
    job.count = 256
    #expect(book.price(job) == .refused(.stepsOutOfRange))
    job.steps = 150
    #expect(book.price(job) == .refused(.controlNetsOutOfRange))
    job.controlNets = 4
    // ((12 × 2) + 1 + 1.5 + 12 × 0.5) × 256
    #expect(book.price(job).credits?.description == "8320")
  }

  /// Code, refusal, field's code: what travels on the wire, and so never changes.
  @Test func codesAndFieldsAreStable() {
    let table: [(UInt8, PriceRefusal, JobField, UInt8)] = [
      (1, .zeroSize, .size, 1), (2, .tooLarge, .size, 1), (3, .unknownModel, .model, 4),
      (4, .unknownQuality, .quality, 5), (5, .unknownFeature, .features, 7), (6, .conflictingFeatures, .features, 7),
      (7, .countOutOfRange, .count, 3), (8, .stepsOutOfRange, .steps, 2),
      (9, .controlNetsOutOfRange, .controlNets, 6), (10, .overflow, .job, 8),
    ]
    #expect(table.map(\.1) == PriceRefusal.allCases)
    for (code, refusal, field, fieldCode) in table {
      #expect(refusal.rawValue == code)
      #expect(refusal.field == field)
      #expect(field.rawValue == fieldCode)
      #expect(Price.refused(refusal).encoded == -Int64(code))
      #expect(Price(encoded: -Int64(code)) == .refused(refusal))
    }
    #expect(Price(encoded: 1_500_000) == .amount(Credits(microcredits: 1_500_000)))
  }

  @Test func overflowIsAnOutcome() throws {
    let book = try BookText.shipped([
      ("\"standard\": 4", "\"standard\": 1000000"), ("\"multiplier\": 1.5", "\"multiplier\": 1000"),
      ("{ \"multiply\": 1.5 }", "{ \"multiply\": 1000 }"), ("\"images\": 256", "\"images\": 65535"),
    ])
    #expect(!book.compiled.fitsInWords)
    var job = Job(width: 1024, height: 1024, count: 1, model: 1, features: .priorityQueue)
    // 10^6 × 10^3 × 10^3 = 10^12 credits: the most that an amount may be.
    #expect(book.price(job) == .amount(.amountMax))
    job.count = 2
    #expect(book.price(job) == .refused(.overflow))
    job.count = 65535
    #expect(book.price(job) == .refused(.overflow))
    job.features = []
    #expect(book.price(job) == .refused(.overflow))
    job.count = 999
    #expect(book.price(job).credits?.description == "999000000000")
  }

  @Test(arguments: [
    (PriceRefusal.zeroSize, Job(width: 0, height: 9), "an image of 0×9 has no pixels: width and height begin at 1"),
    (.tooLarge, Job(width: 4096, height: 9), "4096×9 exceeds the largest tier, 2048×2048"),
    (.unknownModel, Job(width: 9, height: 9, model: 7), "price book 1 has no model 7"),
    (
      .unknownFeature, Job(width: 9, height: 9, features: Job.Features(rawValue: 1 << 9 | 1)),
      "price book 1 does not offer feature bit 9"
    ),
    (
      .conflictingFeatures, Job(width: 9, height: 9, features: [.preview, .inpainting, .upscale4x]),
      "upscale4x and preview cannot be combined"
    ),
    (.countOutOfRange, Job(width: 9, height: 9, count: 0), "0 images in one job: from 1 to 256 are possible"),
  ])
  func messagesSayWhatWouldBeAccepted(refusal: PriceRefusal, job: Job, message: String) {
    #expect(PriceBook.shipped.price(job) == .refused(refusal))
    #expect(PriceBook.shipped.message(for: refusal, of: job) == message)
  }

  @Test func aFeatureThatIsNotOfferedIsRefusedAlsoBesideOthers() throws {
    let book = try BookText.shipped(replacing: "{ \"add\": 1 },\n    \"upscale2x\"", with: "null,\n    \"upscale2x\"")
    #expect(book.terms.features[1] == .notOffered)
    #expect(book.price(Job(width: 9, height: 9, features: [.inpainting, .imageToImage])) == .refused(.unknownFeature))
    #expect(book.price(Job(width: 9, height: 9, features: .imageToImage)).credits?.description == "2")
  }
}
