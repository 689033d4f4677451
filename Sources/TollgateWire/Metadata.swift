// Metadata: at most 8 KiB of keys and values behind a message, for proxies and tracers; nothing that decides reads it.

internal import TollgateValues

/// Encoded metadata: entries of {key length u8, zero u8, value length u16, key, value}.
package struct Metadata: Hashable, Sendable {
  package private(set) var bytes: [UInt8]
  package static var none: Metadata { Metadata(bytes: []) }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// Encodes entries; throws if a key is not 1 to 255 bytes of `a-z 0-9 . _ -`, or if there is too much of it.
  package init(_ entries: [(key: String, value: [UInt8])]) throws(WireError) {
    bytes = []
    guard entries.count <= WireLimits.metadataEntriesMax else {
      throw WireError(.metadataTooLong, at: 0, value: UInt64(entries.count))
    }
    for (key, value) in entries {
      let keyBytes = Array(key.utf8)
      guard (1...255).contains(keyBytes.count), keyBytes.allSatisfy(Metadata.isKeyByte) else {
        throw WireError(.metadataMalformed, at: bytes.count)
      }
      guard bytes.count + 4 + keyBytes.count + value.count <= Limits.metadataBytesMax else {
        throw WireError(.metadataTooLong, at: bytes.count, value: UInt64(value.count))
      }
      bytes += [UInt8(keyBytes.count), 0, UInt8(value.count & 0xFF), UInt8(value.count >> 8)]
      bytes += keyBytes
      bytes += value
    }
  }

  static func isKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

extension RawSpan {
  /// The metadata behind a message, in order; keys may repeat. Only a reader that wants it pays for it.
  package func metadata(at place: MessagePlace) throws(WireError) -> [(key: String, value: [UInt8])] {
    let start = place.start + place.bytes
    let span = extracting(start..<start + place.metadataBytes)
    var entries: [(key: String, value: [UInt8])] = []
    var offset = 0
    while offset < span.byteCount {
      guard entries.count < WireLimits.metadataEntriesMax, span.byteCount - offset >= 4, span.u8(at: offset + 1) == 0
      else { throw WireError(.metadataMalformed, at: offset) }
      let keyEnd = offset + 4 + Int(span.u8(at: offset))
      let valueEnd = keyEnd + Int(span.u16(at: offset + 2))
      guard keyEnd > offset + 4, valueEnd <= span.byteCount else { throw WireError(.metadataMalformed, at: offset) }
      let key = span.extracting(offset + 4..<keyEnd).padded(to: keyEnd - offset - 4)
      guard key.allSatisfy(Metadata.isKeyByte) else { throw WireError(.metadataMalformed, at: offset) }
      let value = span.extracting(keyEnd..<valueEnd).padded(to: valueEnd - keyEnd)
      entries.append((String(decoding: key, as: UTF8.self), value))
      offset = valueEnd
    }
    return entries
  }
}
