// Tables of a message's fields: what `describe` answers, what PROTOCOL.md prints, and what the golden vectors are read by.

/// The fields of a message's root, in order and without gaps.
@usableFromInline
package struct MessageLayout: Hashable, Sendable {
  package var name: String
  package var rootBytes: Int
  package var summary: String
  package var fields: [FieldLayout]

  init(_ name: String, bytes: Int, _ summary: String, _ fields: [FieldLayout]) {
    self.name = name
    rootBytes = bytes
    self.summary = summary
    self.fields = fields
  }
}

/// A field of a root.
package struct FieldLayout: Hashable, Sendable {
  package var offset: Int
  package var type: FieldType
  package var name: String
  package var summary: String

  init(_ offset: Int, _ type: FieldType, _ name: String, _ summary: String) {
    self.offset = offset
    self.type = type
    self.name = name
    self.summary = summary
  }
}

/// The types of fields, as PROTOCOL.md defines them.
package enum FieldType: Hashable, Sendable {
  case u8, u16, u32, u64, i64, bool
  /// Micro-credits, nanoseconds since 1970, nanoseconds: each an i64.
  case credits, instant, span
  /// 16 bytes in the order of a UUID's text.
  case id
  /// The 16 bytes of a job.
  case job
  /// The 32 bytes of a detail's root.
  case detail
  /// Reference to UTF-8.
  case text
  /// Reference to a list of the named struct.
  case list(String)
  /// Reference to fixed-width values of the type, one a row.
  case column(ColumnType)
  /// Reserved bytes.
  case zero(Int)

  /// Bytes in the root.
  package var bytes: Int {
    switch self {
    case .u8, .bool: 1
    case .u16: 2
    case .u32: 4
    case .u64, .i64, .credits, .instant, .span, .text, .column: 8
    case .id, .job, .list: 16
    case .detail: 32
    case .zero(let count): count
    }
  }

  package var name: String {
    switch self {
    case .list(let element): "list of \(element)"
    case .column(let value): "column of \(value)"
    case .zero(let count): "zero[\(count)]"
    default: "\(self)"
    }
  }
}

/// The types of a column's values.
package enum ColumnType: Hashable, Sendable {
  case u8, u16, u32, i64, id

  /// The same as the type of a field.
  package var field: FieldType {
    switch self {
    case .u8: .u8
    case .u16: .u16
    case .u32: .u32
    case .i64: .i64
    case .id: .id
    }
  }
}
