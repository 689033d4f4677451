// Price books for people and programs: their tables, and how a job's price comes about.

internal import TollgateClient
internal import TollgatePricing

extension PriceBook {
  /// `price book 1, Launch prices, from 2026-01-01T00:00:00Z`.
  var oneLine: String { "price book \(number), \(name), from \(appliesFrom.brief)" }

  func summary(file: String?) -> JSON {
    .object([
      "file": file.map { .string($0) } ?? .null, "number": .number(number), "name": .string(name),
      "appliesFrom": .instant(appliesFrom), "quantum": .credits(quantum),
    ])
  }

  var report: Report {
    let tiers = Table.render(
      [.init("UP TO"), .init("DRAFT", .decimal), .init("STANDARD", .decimal), .init("HIGH", .decimal)],
      terms.tiers.map {
        ["\($0.maxSide)×\($0.maxSide)", $0.draft.description, $0.standard.description, $0.high.description]
      })
    let models = Table.render(
      [.init("MODEL", .right), .init("NAME"), .init("CLASS"), .init("TIMES", .decimal)],
      terms.models.map { model in
        let modelClass = terms.classes[model.classIndex]
        return [String(model.number), model.name, modelClass.name, modelClass.multiplier.description]
      })
    let features = Table.render(
      [.init("FEATURE"), .init("PRICE")],
      zip(Feature.allCases, terms.features).map { [$0.rawValue, $1.words] })
    let head = FieldList.render([
      "price book": "\(number), \(name)", "applies from": appliesFrom.brief, "quantum": quantum.inWords,
      "steps":
        "\(terms.includedSteps) included, +\(terms.extraSteps.add) per started \(terms.extraSteps.perStarted) above",
      "ControlNets": "\(terms.includedControlNets) included, +\(terms.extraControlNet) each above",
      "at most":
        "\(terms.maxima.images) images, \(terms.maxima.steps) steps, \(terms.maxima.controlNets) ControlNets a job",
      "not together":
        terms.conflicts.map { Feature.names(of: $0).joined(separator: " + ") }.joined(separator: ", "),
    ])
    return Report(text: [head, tiers, models, features].joined(separator: "\n"), json: json)
  }

  private var json: JSON {
    summary(file: nil).adding([
      .init(
        name: "tiers",
        value: .array(
          terms.tiers.map {
            .object([
              "maxSide": .number($0.maxSide), "draft": .credits($0.draft), "standard": .credits($0.standard),
              "high": .credits($0.high),
            ])
          })),
      .init(
        name: "models",
        value: .array(
          terms.models.map { model in
            let modelClass = terms.classes[model.classIndex]
            return .object([
              "number": .number(model.number), "name": .string(model.name), "class": .string(modelClass.name),
              "multiplier": .string(modelClass.multiplier.description),
            ])
          })),
      .init(
        name: "features",
        value: .array(
          zip(Feature.allCases, terms.features).map {
            .object(["name": .string($0.rawValue), "rule": $1.json])
          })),
    ])
  }
}

extension PriceBook.FeatureRule {
  fileprivate var words: String {
    switch self {
    case .notOffered: "not offered"
    case .add(let credits): "+\(credits) an image"
    case .multiply(let multiplier): "×\(multiplier)"
    }
  }

  fileprivate var json: JSON {
    switch self {
    case .notOffered: .null
    case .add(let credits): .object(["add": .credits(credits)])
    case .multiply(let multiplier): .object(["multiply": .string(multiplier.description)])
    }
  }
}

extension PriceBook {
  /// How a job's price comes about, and what would fit into what is available.
  func report(of job: Job, available: Credits?) throws(Failure) -> Report {
    let explanation: PriceExplanation
    switch explain(job) {
    case .explained(let explained): explanation = explained
    case .refused(let refusal):
      var failure = Failure(status: .denied, kind: "denied", message: "priceRefused: \(message(for: refusal, of: job))")
      failure.reason = "priceRefused"
      throw failure
    }
    var fields: [JSON.Field] = [
      .init(name: "priceBook", value: .number(number)), .init(name: "amount", value: .credits(explanation.total)),
      .init(name: "job", value: .job(job)),
      .init(
        name: "lines",
        value: .array(
          explanation.lines.map { .object(["label": .string($0.label), "amount": .credits($0.amount)]) })),
    ]
    var text = Table.render(
      [.init("STEP"), .init("CREDITS", .decimal)],
      explanation.lines.map { [$0.label, $0.amount.description] } + [["price", explanation.total.description]])
    if let available {
      let advice = advice(job, price: explanation.total, available: available)
      fields += advice.fields
      text += "\n" + advice.text
    }
    return Report(text: text, json: .object(fields))
  }

  private func advice(_ job: Job, price: Credits, available: Credits) -> (text: String, fields: [JSON.Field]) {
    let count = largestCount(fitting: available, for: job)
    let smaller = largestSmallerTier(fitting: available, for: job)
    let missing = max(.zero, price - available)
    let text = FieldList.render([
      "available": available.inWords, "missing": missing == .zero ? "nothing: it fits" : missing.inWords,
      "fits now": missing == .zero ? "" : count == 0 ? "not even one image" : "\(count) of \(job.count) images",
      "or all at": missing == .zero ? "" : smaller.map { "\($0.job.width)×\($0.job.height) for \($0.price)" } ?? "",
    ])
    let fields: [JSON.Field] = [
      .init(name: "available", value: .credits(available)), .init(name: "shortfall", value: .credits(missing)),
      .init(name: "largestCountThatFits", value: .number(count)),
      .init(
        name: "smallerJobThatFits",
        value: missing == .zero
          ? .null
          : smaller.map {
            .object(["width": .number($0.job.width), "height": .number($0.job.height), "amount": .credits($0.price)])
          } ?? .null),
    ]
    return (text, fields)
  }
}
