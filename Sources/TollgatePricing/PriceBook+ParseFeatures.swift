// The schema of what comes on top of the base price: features, their conflicts, extra ControlNets and extra steps.

internal import TollgateValues

extension PriceBookReader {
  /// One rule for each feature, in the order of the bits; null is how a book says that it does not offer one.
  mutating func featureRules(_ fields: FileFields) -> [PriceBook.FeatureRule]? {
    guard let node = fields.nodes["features"],
      let features = object(node, "features", required: Job.Features.names)
    else { return nil }
    var rules: [PriceBook.FeatureRule] = []
    for name in Job.Features.names {
      guard let node = features.nodes[name] else { continue }
      if let rule = featureRule(node, "features.\(name)") { rules.append(rule) }
    }
    return rules.count == Job.Features.names.count ? rules : nil
  }

  private mutating func featureRule(_ node: JSONNode, _ path: String) -> PriceBook.FeatureRule? {
    if case .null = node.value { return .notOffered }
    guard let fields = object(node, path, required: [], optional: ["add", "multiply"]) else { return nil }
    switch (fields.nodes["add"], fields.nodes["multiply"]) {
    case (.some, nil): return credits(fields, "add", orZero: true).map { .add($0) }
    case (nil, .some): return multiplier(fields, "multiply").map { .multiply($0) }
    case (.some, .some), (nil, nil):
      report(path, node.place, "expected either \"add\" or \"multiply\", or null for a feature that is not offered")
      return nil
    }
  }

  mutating func conflicts(_ fields: FileFields) -> [Job.Features]? {
    var conflicts: [Job.Features] = []
    let nodes = list(fields, "conflicts", count: 0...PriceBook.Bounds.conflictsMax, of: "sets of features")
    for (index, node) in nodes.enumerated() {
      let path = "conflicts[\(index)]"
      var set: Job.Features = []
      var valid = true
      guard case .array(let names) = node.value, (2...Job.Features.names.count).contains(names.count) else {
        report(path, node.place, "expected a list of 2 to \(Job.Features.names.count) features")
        continue
      }
      for (position, name) in names.enumerated() {
        guard let feature = feature(name, "\(path)[\(position)]") else {
          valid = false
          continue
        }
        guard set.insert(feature).inserted else {
          report("\(path)[\(position)]", name.place, "appears a second time")
          valid = false
          continue
        }
      }
      if valid { conflicts.append(set) }
    }
    return conflicts
  }

  private mutating func feature(_ node: JSONNode, _ path: String) -> Job.Features? {
    guard case .string(let name) = node.value else {
      report(path, node.place, "expected the name of a feature")
      return nil
    }
    guard let bit = Job.Features.names.firstIndex(of: name) else {
      let hint = nearestName(to: name, among: Job.Features.names).map { "did you mean \"\($0)\"?" }
      report(
        path, node.place, "unknown feature; \(hint ?? "features are \(Job.Features.names.joined(separator: ", "))")")
      return nil
    }
    return Job.Features(rawValue: 1 << UInt32(bit))
  }

  mutating func extraControlNet(_ fields: FileFields) -> Credits? {
    guard let node = fields.nodes["extraControlNet"] else { return nil }
    guard let extra = object(node, "extraControlNet", required: ["add"]) else { return nil }
    return credits(extra, "add", orZero: true)
  }

  mutating func extraSteps(_ fields: FileFields) -> PriceBook.ExtraSteps? {
    guard let node = fields.nodes["extraSteps"] else { return nil }
    guard let extra = object(node, "extraSteps", required: ["add", "perStarted"]) else { return nil }
    let add = credits(extra, "add", orZero: true)
    let perStarted = integer(extra, "perStarted", 1...UInt64(UInt16.max))
    guard let add, let perStarted else { return nil }
    return PriceBook.ExtraSteps(add: add, perStarted: UInt16(perStarted))
  }

  mutating func featureTable(
    _ fields: FileFields, _ rules: [PriceBook.FeatureRule]?, _ conflicts: [Job.Features]?
  ) -> FeatureTable? {
    guard let rules, let conflicts else { return nil }
    do {
      return try FeatureTable(rules: rules, conflicts: conflicts)
    } catch {
      let multiplying = Job.Features.names.indices.reduce(into: Job.Features()) { set, bit in
        if case .multiply = rules[bit] { set.insert(Job.Features(rawValue: 1 << UInt32(bit))) }
      }
      report(
        "features", fields.nodes["features"]?.place ?? fields.place,
        "the multipliers of \(Job.Features.names(of: error.features.intersection(multiplying))) \(error.reason)")
      return nil
    }
  }
}
