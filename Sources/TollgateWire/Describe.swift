// What this version of the code speaks, as WELCOME and describe say it.

extension Method {
  /// WELCOME's table of methods.
  package static let versions: [MethodVersions] = table.map { row in
    MethodVersions(method: row.method.rawValue, versionMin: row.versionMin, versionMax: row.versionMax)
  }
}

extension DescribeReply {
  /// Every method and message of this version.
  package static let current = DescribeReply(
    methods: Method.table.map { row in
      MethodDescription(
        method: row.method.rawValue, versionMin: row.versionMin, versionMax: row.versionMax, roles: row.roles.rawValue,
        kind: row.kind.rawValue, mutates: row.mutates, name: row.name, request: row.request.layout.name,
        reply: row.reply.layout.name)
    },
    messages: MessageLayout.all.map { layout in
      MessageDescription(
        name: layout.name, rootBytes: UInt32(layout.rootBytes),
        fields: layout.fields.map { field in
          FieldDescription(
            offset: UInt32(field.offset), bytes: UInt32(field.type.bytes), name: field.name, type: field.type.name)
        })
    })
}

extension MessageLayout {
  /// Every message that travels in frames, then every struct of a list, then every detail.
  package static let all: [MessageLayout] =
    messages.map { $0.layout } + elements.map { $0.layout }
    + Detail.layouts.map { $0.layout }

  /// The messages of frames: of the connection, then of the methods in the order of their numbers.
  package static let messages: [any WireMessage.Type] = {
    var types: [any WireMessage.Type] = [
      Hello.self, Welcome.self, Ping.self, GoAway.self, ConnectionError.self, Settings.self, Cancel.self, Credit.self,
      Unimplemented.self,
    ]
    var names = Set<String>()
    for row in Method.table {
      for type in [row.request, row.reply] where names.insert(type.layout.name).inserted { types.append(type) }
    }
    return types
  }()

  /// The structs of lists.
  package static let elements: [any WireMessage.Type] = [
    MethodVersions.self, MethodDescription.self, MessageDescription.self, FieldDescription.self, LotView.self,
    QuoteLine.self, AuthorizeItem.self, AuthorizeResult.self, CaptureItem.self, CaptureResult.self, EntryView.self,
    PostingView.self,
  ]
}
