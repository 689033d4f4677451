// Why a price book has no price for a job, in words: batches carry the bare code, and people deserve a sentence.

internal import TollgateWire

/// A refusal of the price book, by the number that travels (`code` of priceRefused).
struct PriceRefusal {
  var code: UInt8

  /// What is wrong, and what would be right as far as the code tells.
  var sentence: String {
    switch code {
    case 1: "the image has no pixels: width and height begin at 1"
    case 2: "the image is too large: its longer side exceeds the price book's largest tier, so make it smaller"
    case 3: "the price book has no such model: name one that it lists"
    case 4: "the quality is unknown: it is 0 (draft), 1 (standard) or 2 (high)"
    case 5: "the price book does not offer one of the features: leave it out"
    case 6: "two of the features cannot be combined: leave one out"
    case 7: "the count of images is zero, or above what the price book allows in one job: split the job"
    case 8: "the job has more steps than the price book allows: take fewer"
    case 9: "the job has more ControlNets than the price book allows: take fewer"
    case 10: "the price exceeds the largest possible amount: split the job"
    default: "the price book has no price for this job (refusal \(code))"
    }
  }

  /// The field at fault, by its number in refusals of prices; 0 if this version does not know the code.
  var field: UInt8 {
    switch code {
    case 1, 2: 1
    case 3: 4
    case 4: 5
    case 5, 6: 7
    case 7: 3
    case 8: 2
    case 9: 6
    case 10: 8
    default: 0
    }
  }

  /// The detail that a single call would have brought, without its text.
  var detail: Detail { .priceRefused(code: code, field: field, text: "") }
}

extension Denial.Field {
  /// The field of a request that a refusal of a price names: those have numbers of their own. Both sides of an image count
  /// as its width, and the job as a whole as no field.
  init(ofPriceRefusal number: UInt8) {
    let fields: [UInt8] = [0, 6, 8, 9, 10, 11, 12, 13]
    self.init(rawValue: Int(number) < fields.count ? fields[Int(number)] : 0)
  }
}
