// Random jobs such as a platform sees: common sizes more often than odd ones, a few images, rarely a feature.

import TollgatePricing
import TollgateValues

struct RandomJobs {
  private var state: UInt64
  private let invalidPercent: Int

  init(seed: UInt64, invalidPercent: Int) {
    state = seed
    self.invalidPercent = invalidPercent
  }

  func columns(_ rows: Int) -> JobColumns {
    var generator = self
    var jobs = JobColumns(reserving: rows)
    for _ in 0..<rows { jobs.append(generator.next()) }
    return jobs
  }

  /// SplitMix64.
  private mutating func random() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  mutating func next() -> Job {
    // One word of random bits a job: generating must not take longer than pricing is measured.
    let bits = random()
    func pick<Value>(_ values: [Value], _ shift: UInt64) -> Value { values[Int(bits >> shift & 15)] }
    var job = Job(
      width: pick(RandomJobs.sides, 0), height: pick(RandomJobs.sides, 4), steps: UInt16(20 + (bits >> 8 & 31)),
      count: pick(RandomJobs.counts, 13), model: pick(RandomJobs.models, 17),
      quality: Job.Quality(rawValue: pick(RandomJobs.qualities, 21)), controlNets: UInt8(bits >> 25 & 3 & (bits >> 27)),
      features: Job.Features(rawValue: UInt32(pick(RandomJobs.features, 29))))
    if Int((bits >> 33 & 0xFF_FFFF) % 100) < invalidPercent {
      switch bits >> 60 {
      case 0...3: job.width = 0
      case 4...7: job.height = 4_000
      case 8...11: job.model = 9
      case 12, 13: job.features = [.preview, .upscale2x]
      default: job.steps = 200
      }
    }
    return job
  }

  private static let sides: [UInt16] = [
    512, 512, 512, 640, 768, 768, 768, 832, 896, 1_024, 1_024, 1_024, 1_152, 1_536, 2_048, 2_048,
  ]
  private static let counts: [UInt16] = [1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 4, 4, 4, 8, 16]
  private static let models: [UInt16] = [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2]
  private static let qualities: [UInt8] = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2]
  private static let features: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x80, 0x40, 1, 2, 4, 0x30, 0x18]
}
