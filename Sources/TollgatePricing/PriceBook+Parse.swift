// The schema of a price book's file: which fields there are, what each may hold, and how they must fit each other.

internal import TollgateValues

extension PriceBook {
  /// Reads and validates a price book (docs/price-book.md). Any bytes are safe to give.
  /// - Throws: everything that is wrong with the file, each with line and field.
  package static func parse(_ bytes: [UInt8], fileName: String) throws(PriceBookProblems) -> PriceBook {
    var reader = PriceBookReader(fileName: fileName)
    guard bytes.count <= Bounds.fileBytesMax else {
      reader.report(
        "", FilePlace(line: 1, column: 1), "the file has \(bytes.count) bytes: at most \(Bounds.fileBytesMax) are read")
      throw reader.report
    }
    let root: JSONNode
    do {
      root = try JSONParser.parse(bytes)
    } catch {
      reader.report("", error.place, error.message)
      throw reader.report
    }
    guard let book = reader.book(root), reader.problemCount == 0 else { throw reader.report }
    return book
  }

  /// The file of the book that ships, for operators to start their own from.
  package static var shippedFile: [UInt8] { PackageResources.pricebook_1_json }

  /// The book that ships with Tollgate. A test reads it, so that a damaged one cannot be released.
  package static let shipped: PriceBook = {
    do {
      return try parse(shippedFile, fileName: "pricebook-1.json")
    } catch {
      preconditionFailure("the price book that ships is not valid:\n\(error)")
    }
  }()
}

extension PriceBookReader {
  fileprivate mutating func book(_ root: JSONNode) -> PriceBook? {
    let names = [
      "number", "name", "appliesFrom", "quantum", "includedSteps", "includedControlNets", "maxima", "tiers", "classes",
      "models", "features", "conflicts", "extraControlNet", "extraSteps",
    ]
    guard let fields = object(root, "", required: names) else { return nil }
    let number = integer(fields, "number", 1...UInt64(UInt32.max))
    let name = name(fields, "name")
    let appliesFrom = instant(fields, "appliesFrom")
    let quantum = credits(fields, "quantum", max: PriceBook.Bounds.quantumMax)
    let maxima = maxima(fields)
    let includedSteps = integer(fields, "includedSteps", 1...UInt64(maxima?.steps ?? .max))
    let includedControlNets = integer(fields, "includedControlNets", 0...UInt64(maxima?.controlNets ?? .max))
    let tiers = tiers(fields)
    let classes = classes(fields)
    let models = models(fields, classes: classes?.map(\.name))
    let rules = featureRules(fields)
    let conflicts = conflicts(fields)
    let extraControlNet = extraControlNet(fields)
    let extraSteps = extraSteps(fields)
    let table = featureTable(fields, rules, conflicts)
    guard problemCount == 0, let number, let name, let appliesFrom, let quantum, let maxima, let includedSteps,
      let includedControlNets, let tiers, let classes, let models, let rules, let conflicts, let extraControlNet,
      let extraSteps, let table
    else { return nil }
    let terms = PriceBook.Terms(
      number: UInt32(number), name: name, appliesFrom: appliesFrom, quantum: quantum,
      includedSteps: UInt16(includedSteps), includedControlNets: UInt8(includedControlNets), maxima: maxima,
      tiers: tiers, classes: classes, models: models, features: rules, conflicts: conflicts,
      extraControlNet: extraControlNet, extraSteps: extraSteps)
    return PriceBook(terms, features: table)
  }

  private mutating func maxima(_ fields: FileFields) -> PriceBook.Maxima? {
    guard let node = fields.nodes["maxima"],
      let maxima = object(node, "maxima", required: ["images", "steps", "controlNets"])
    else { return nil }
    let images = integer(maxima, "images", 1...UInt64(UInt16.max))
    let steps = integer(maxima, "steps", 1...UInt64(UInt16.max))
    let controlNets = integer(maxima, "controlNets", 0...UInt64(UInt8.max))
    guard let images, let steps, let controlNets else { return nil }
    return PriceBook.Maxima(images: UInt16(images), steps: UInt16(steps), controlNets: UInt8(controlNets))
  }

  private mutating func tiers(_ fields: FileFields) -> [PriceBook.Tier]? {
    var tiers: [PriceBook.Tier] = []
    var largest: UInt64 = 0
    for (index, node) in list(fields, "tiers", count: 1...PriceBook.Bounds.tiersMax, of: "tiers").enumerated() {
      let path = "tiers[\(index)]"
      guard let tier = object(node, path, required: ["maxSide", "draft", "standard", "high"]) else { continue }
      let maxSide = integer(tier, "maxSide", 1...UInt64(UInt16.max))
      let (draft, standard, high) = (credits(tier, "draft"), credits(tier, "standard"), credits(tier, "high"))
      if let maxSide, maxSide <= largest, let place = tier.nodes["maxSide"]?.place {
        report("\(path).maxSide", place, "expected more than \(largest), the tier before it; found \(maxSide)")
      }
      largest = max(largest, maxSide ?? 0)
      guard let maxSide, let draft, let standard, let high else { continue }
      tiers.append(PriceBook.Tier(maxSide: UInt16(maxSide), draft: draft, standard: standard, high: high))
    }
    return tiers.isEmpty ? nil : tiers
  }

  private mutating func classes(_ fields: FileFields) -> [PriceBook.ModelClass]? {
    var classes: [PriceBook.ModelClass] = []
    for (index, node) in list(fields, "classes", count: 1...PriceBook.Bounds.classesMax, of: "classes").enumerated() {
      let path = "classes[\(index)]"
      guard let item = object(node, path, required: ["name", "multiplier"]) else { continue }
      let name = name(item, "name")
      let multiplier = multiplier(item, "multiplier")
      if let name, let place = item.nodes["name"]?.place, classes.contains(where: { $0.name == name }) {
        report("\(path).name", place, "another class is called \"\(name)\" already")
      }
      // A class whose multiplier is wrong still has a name that models may use.
      guard let name else { continue }
      classes.append(PriceBook.ModelClass(name: name, multiplier: multiplier ?? PriceBook.Multiplier(millionths: 0)))
    }
    return classes.isEmpty ? nil : classes
  }

  private mutating func models(_ fields: FileFields, classes: [String]?) -> [PriceBook.Model]? {
    var models: [PriceBook.Model] = []
    var numbers: Set<UInt64> = []
    var names: Set<String> = []
    for (index, node) in list(fields, "models", count: 1...PriceBook.Bounds.modelsMax, of: "models").enumerated() {
      let path = "models[\(index)]"
      guard let item = object(node, path, required: ["number", "name", "class"]) else { continue }
      let number = integer(item, "number", 0...UInt64(UInt16.max))
      let name = name(item, "name")
      if let number, let place = item.nodes["number"]?.place, !numbers.insert(number).inserted {
        report("\(path).number", place, "another model has the number \(number) already")
      }
      if let name, let place = item.nodes["name"]?.place, !names.insert(name).inserted {
        report("\(path).name", place, "another model is called \"\(name)\" already")
      }
      let classIndex = classIndex(item, path, classes)
      guard let number, let name, let classIndex else { continue }
      models.append(PriceBook.Model(number: UInt16(number), name: name, classIndex: classIndex))
    }
    return models.isEmpty ? nil : models
  }

  private mutating func classIndex(_ item: FileFields, _ path: String, _ classes: [String]?) -> Int? {
    guard let className = name(item, "class"), let classes, let place = item.nodes["class"]?.place else { return nil }
    if let index = classes.firstIndex(of: className) { return index }
    let hint = nearestName(to: className, among: classes).map { "did you mean \"\($0)\"?" }
    report(
      "\(path).class", place,
      "no class is called \"\(className)\"; \(hint ?? "classes are \(classes.joined(separator: ", "))")")
    return nil
  }
}
