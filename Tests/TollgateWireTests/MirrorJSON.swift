// Decoded structs as JSON, by reflection: the fields' names and values as the codec has them.

import TollgateValues

@testable import TollgateWire

/// The JSON of a message or a field. 64-bit numbers are decimal strings, as many JSON readers cannot hold them.
func mirrorJSON(_ value: Any) -> JSONValue {
  switch value {
  case let number as UInt8: .number(UInt64(number))
  case let number as UInt16: .number(UInt64(number))
  case let number as UInt32: .number(UInt64(number))
  case let number as UInt64: .text(String(number))
  case let number as Int64: .text(String(number))
  case let flag as Bool: .flag(flag)
  case let text as String: .text(text)
  case let credits as Credits: .text(String(credits.microcredits))
  case let instant as Instant: .text(String(instant.nanoseconds))
  case let span as TimeSpan: .text(String(span.nanoseconds))
  case let id as any Identifier: .text(id.description)
  case let job as Job: jobJSON(job)
  case let area as DetailArea: .text(hex(withUnsafeBytes(of: area.words) { Array($0) }))
  case let list as [Any]: .list(list.map(mirrorJSON))
  default:
    .object(Mirror(reflecting: value).children.map { ($0.label ?? "", mirrorJSON($0.value)) })
  }
}

/// The JSON of a detail's values.
func mirrorJSON(_ detail: Detail) -> JSONValue {
  guard let payload = Mirror(reflecting: detail).children.first else { return .object([]) }
  return mirrorJSON(payload.value)
}

func jobJSON(_ job: Job) -> JSONValue {
  .object([
    ("width", .number(UInt64(job.width))), ("height", .number(UInt64(job.height))),
    ("steps", .number(UInt64(job.steps))), ("count", .number(UInt64(job.count))),
    ("model", .number(UInt64(job.model))), ("quality", .number(UInt64(job.quality.rawValue))),
    ("controlNets", .number(UInt64(job.controlNets))), ("features", .number(UInt64(job.features.rawValue))),
  ])
}

func hex(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef")
  return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}

func unhex(_ text: String) -> [UInt8] {
  var bytes: [UInt8] = []
  var high: UInt8?
  for character in text {
    guard let digit = character.hexDigitValue else { continue }
    if let first = high {
      bytes.append(first << 4 | UInt8(digit))
      high = nil
    } else {
      high = UInt8(digit)
    }
  }
  return bytes
}
