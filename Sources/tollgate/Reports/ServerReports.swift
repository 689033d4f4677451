// What is said of the gate itself.

internal import TollgateClient
internal import TollgateValues

extension ServerInfo {
  var report: Report {
    Report(
      text: FieldList.render([
        "version": version, "journal": journal, "instance": instance, "shard": String(shard),
        "server time": serverTime.description, "started": startedAt.brief,
        "price book": "\(priceBook), from \(priceBookAppliesFrom.brief)", "commits": String(commits),
      ]),
      json: .object([
        "version": .string(version), "journal": .string(journal), "instance": .string(instance),
        "shard": .number(shard), "serverTime": .instant(serverTime), "startedAt": .instant(startedAt),
        "priceBook": .book(priceBook), "priceBookAppliesFrom": .instant(priceBookAppliesFrom),
        "commits": .number(commits),
      ]))
  }
}

extension ServiceDescription {
  /// - Parameter messages: whether the messages' fields are listed.
  func report(messages withMessages: Bool) -> Report {
    let methodRows = methods.map { method in
      [
        String(method.number), method.name, method.isStream ? "stream" : method.isBatch ? "batch" : "unary",
        method.mutates ? "yes" : "", method.roles.joined(separator: ", "),
      ]
    }
    var text = Table.render(
      [.init("METHOD", .right), .init("NAME"), .init("KIND"), .init("MUTATES"), .init("ROLES")], methodRows)
    if withMessages { for message in messages { text += "\n" + message.text } }
    var fields: [JSON.Field] = [.init(name: "methods", value: .array(methods.map(\.json)))]
    if withMessages { fields.append(.init(name: "messages", value: .array(messages.map(\.json)))) }
    return Report(text: text, json: .object(fields))
  }
}

extension ServiceDescription.Method {
  fileprivate var json: JSON {
    .object([
      "number": .number(number), "name": .string(name), "versionMin": .number(versions.lowerBound),
      "versionMax": .number(versions.upperBound), "roles": .array(roles.map { .string($0) }),
      "isStream": .bool(isStream), "isBatch": .bool(isBatch), "mutates": .bool(mutates),
      "request": .string(request), "reply": .string(reply),
    ])
  }
}

extension ServiceDescription.Message {
  fileprivate var text: String {
    "\(name), \(rootBytes) bytes\n"
      + Table.render(
        [.init("OFFSET", .right), .init("BYTES", .right), .init("FIELD"), .init("TYPE")],
        fields.map { [String($0.offset), String($0.bytes), $0.name, $0.type] })
  }

  fileprivate var json: JSON {
    .object([
      "name": .string(name), "rootBytes": .number(rootBytes),
      "fields": .array(
        fields.map { field in
          .object([
            "name": .string(field.name), "type": .string(field.type), "offset": .number(field.offset),
            "bytes": .number(field.bytes),
          ])
        }),
    ])
  }
}

extension HealthReport {
  var json: JSON {
    .object([
      "service": .string(service.isEmpty ? "gate" : service), "status": .string(status.description),
      "since": .instant(since),
    ])
  }

  /// One line for people.
  var text: String { "\(service.isEmpty ? "gate" : service)  \(status)  since \(since.brief)\n" }
}
