// What to hold or charge, and how much of a hold to take: the options that the commands of jobs share.

internal import ArgumentParser
internal import TollgateClient

/// A job, or an amount in its place.
struct SpendOptions: ParsableArguments {
  @OptionGroup(title: "Job") var job: JobOptions

  @Option(
    help: ArgumentHelp(
      "Credits as they are, in place of a job; needs the billing or admin role.", valueName: "credits"),
    transform: Parse.positiveAmount)
  var amount: Credits?

  func validate() throws {
    if amount != nil, job.isGiven { throw ValidationError("Give a job or --amount, not both.") }
  }

  /// What to spend on.
  func spend(_ settings: Settings) throws(Failure) -> Spend {
    if let amount { return .amount(amount) }
    return .job(try job.requiredJob(settings))
  }
}

/// What a spend belongs to.
struct TagOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Redeem this quote of the same job.", valueName: "uuid"), transform: Parse.identifier)
  var quote: QuoteID?

  @Option(help: ArgumentHelp("What the job belongs to.", valueName: "uuid"), transform: Parse.identifier)
  var project: ProjectID?

  @Option(
    help: ArgumentHelp("Which user of the account asks.", valueName: "uuid"), transform: Parse.identifier)
  var member: MemberID?
}

/// How long a hold may live.
struct LifetimeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("How long the hold may live, 1s to 24h (default: 15m).", valueName: "duration"),
    transform: Parse.positiveTimeSpan)
  var lifetime: TimeSpan?
}

/// How much of a hold to take.
struct TakeOptions: ParsableArguments {
  @Flag(help: "Take all that is left (the default).")
  var all = false

  @Option(
    help: ArgumentHelp("Take exactly so much; 0 is valid and takes nothing.", valueName: "credits"),
    transform: Parse.amount)
  var amount: Credits?

  @Option(
    help: ArgumentHelp("Take the share of so many images of the hold's job.", valueName: "number"),
    transform: { try Parse.number($0, 1...UInt16.max) })
  var images: UInt16?

  func validate() throws {
    if (all ? 1 : 0) + (amount == nil ? 0 : 1) + (images == nil ? 0 : 1) > 1 {
      throw ValidationError("Give one of --all, --amount and --images.")
    }
  }

  var isGiven: Bool { all || amount != nil || images != nil }

  var take: Take {
    if let amount { .amount(amount) } else if let images { .images(images) } else { .all }
  }
}

extension Spend {
  /// The images of a job.
  var count: UInt16? {
    if case .job(let job) = self { job.count } else { nil }
  }
}
