// Reads fields at fixed offsets of a span. The size of a root is judged once; every load is still checked by the span,
// unless the compiler sees that it lies inside.

public import TollgateValues

extension RawSpan {
  @inlinable @inline(__always) package func u8(at offset: Int) -> UInt8 {
    unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  @inlinable @inline(__always) package func u16(at offset: Int) -> UInt16 {
    UInt16(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  @inlinable @inline(__always) package func u32(at offset: Int) -> UInt32 {
    UInt32(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  @inlinable @inline(__always) package func u64(at offset: Int) -> UInt64 {
    UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inlinable @inline(__always) package func i64(at offset: Int) -> Int64 { Int64(bitPattern: u64(at: offset)) }

  /// Eight bytes in the order in which they are written down: halves of identifiers.
  @inlinable @inline(__always) package func bigEndian64(at offset: Int) -> UInt64 {
    UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inlinable @inline(__always) package func id<ID: Identifier>(at offset: Int) -> ID {
    ID(high: bigEndian64(at: offset), low: bigEndian64(at: offset + 8))
  }

  @inlinable @inline(__always) package func credits(at offset: Int) -> Credits {
    Credits(microcredits: i64(at: offset))
  }
  @inlinable @inline(__always) package func instant(at offset: Int) -> Instant { Instant(nanoseconds: i64(at: offset)) }
  @inlinable @inline(__always) package func span(at offset: Int) -> TimeSpan { TimeSpan(nanoseconds: i64(at: offset)) }

  @inlinable @inline(__always) package func bool(at offset: Int) throws(WireError) -> Bool {
    if let problem = problem(ofFlag: offset) { throw problem }
    return u8(at: offset) == 1
  }

  /// What is wrong with a flag: it is 0 or 1.
  @inlinable @inline(__always) package func problem(ofFlag offset: Int) -> WireError? {
    let byte = u8(at: offset)
    return byte <= 1 ? nil : WireError(.flagNotBoolean, at: offset, value: UInt64(byte))
  }

  @inlinable @inline(__always) package func job(at offset: Int) -> Job {
    Job(
      width: u16(at: offset), height: u16(at: offset + 2), steps: u16(at: offset + 4), count: u16(at: offset + 6),
      model: u16(at: offset + 8), quality: Job.Quality(rawValue: u8(at: offset + 10)),
      controlNets: u8(at: offset + 11), features: Job.Features(rawValue: u32(at: offset + 12)))
  }

  @inline(__always) func detail(at offset: Int) -> DetailArea {
    DetailArea((u64(at: offset), u64(at: offset + 8), u64(at: offset + 16), u64(at: offset + 24)))
  }

  /// Reserved bytes are zero: what is checked today can get a meaning in a later version.
  @inlinable @inline(__always) package func requireZero(at offset: Int, count: Int) throws(WireError) {
    if let problem = problem(ofReserved: offset, count: count) { throw problem }
  }

  /// What is wrong with reserved bytes: they are zero.
  @inlinable @inline(__always) package func problem(ofReserved offset: Int, count: Int) -> WireError? {
    var found: UInt64 = 0
    switch count {
    case 1: found = UInt64(u8(at: offset))
    case 2: found = UInt64(u16(at: offset))
    case 4: found = UInt64(u32(at: offset))
    default: for index in 0..<count { found |= UInt64(u8(at: offset + index)) }
    }
    return found == 0 ? nil : WireError(.reservedNotZero, at: offset, value: found)
  }
}

extension RawSpan {
  /// The bytes followed by zeros: the slow path of a message that is older than we are.
  @usableFromInline func padded(to count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    for index in 0..<byteCount { bytes[index] = u8(at: index) }
    return bytes
  }

  /// Judges a reference {offset u32, count u32} of `root`, and moves the cursor behind what it refers to.
  /// Called on the whole message. Nothing is read or allocated for a reference that does not fit.
  func range(_ root: RawSpan, at field: Int, stride: Int, _ cursor: inout TailCursor) throws(WireError) -> Range<Int> {
    let offset = Int(root.u32(at: field))
    let count = Int(root.u32(at: field + 4))
    guard count > 0 else {
      guard offset == 0 else { throw WireError(.referenceOfNothing, at: field, value: UInt64(offset)) }
      return 0..<0
    }
    guard offset >= cursor.end else { throw WireError(.referenceOverlaps, at: field, value: UInt64(offset)) }
    let end = offset + count * stride  // at most 2^32 + 2^32 * 2^12: no overflow
    guard end <= byteCount else { throw WireError(.referenceOutOfBounds, at: field, value: UInt64(end)) }
    cursor.end = end
    return offset..<end
  }

  /// A text: UTF-8 of at most `Limits.textBytesMax` bytes.
  func text(_ root: RawSpan, at field: Int, _ cursor: inout TailCursor) throws(WireError) -> String {
    let count = root.u32(at: field + 4)
    guard count <= Limits.textBytesMax else { throw WireError(.textTooLong, at: field, value: UInt64(count)) }
    let range = try range(root, at: field, stride: 1, &cursor)
    guard !range.isEmpty else { return "" }
    let text = extracting(range).withUnsafeBytes { String(validating: $0, as: UTF8.self) }
    guard let text else { throw WireError(.textNotUTF8, at: range.lowerBound, value: UInt64(count)) }
    return text
  }

  /// Where a column {offset u32, count u32} of values of `width` bytes stands. It has as many rows as the message's first
  /// column (`rows` is nil for that one itself), or none, which reads as zeros: so that a later version can add columns.
  func column(
    _ root: RawSpan, at field: Int, of width: Int, rows: Int?, max: Int, _ cursor: inout TailCursor
  ) throws(WireError) -> Range<Int> {
    let count = Int(root.u32(at: field + 4))
    guard count <= max else { throw WireError(.listTooLong, at: field, value: UInt64(count)) }
    if let rows, count != 0, count != rows { throw WireError(.columnsDiffer, at: field, value: UInt64(count)) }
    return try range(root, at: field, stride: width, &cursor)
  }

  /// A row of a column, zero where the column is empty.
  @inline(__always)
  func row<Value: FixedWidthInteger & BitwiseCopyable>(_ row: Int, of column: Range<Int>) -> Value {
    guard !column.isEmpty else { return 0 }
    let start = column.lowerBound + row * MemoryLayout<Value>.size
    return Value(littleEndian: unsafeLoadUnaligned(fromByteOffset: start, as: Value.self))
  }

  /// A list of structs, {offset u32, count u32, stride u32, zero u32}: elements may be shorter or longer than ours.
  func list<Element: WireMessage>(
    _ root: RawSpan, at field: Int, max: Int, _ cursor: inout TailCursor
  ) throws(WireError) -> [Element] {
    let count = Int(root.u32(at: field + 4))
    let stride = Int(root.u32(at: field + 8))
    try root.requireZero(at: field + 12, count: 4)
    guard count <= max else { throw WireError(.listTooLong, at: field, value: UInt64(count)) }
    let valid = count == 0 ? stride == 0 : stride >= 8 && stride <= WireLimits.strideMax && stride & 7 == 0
    guard valid else { throw WireError(.strideInvalid, at: field, value: UInt64(stride)) }
    let range = try range(root, at: field, stride: stride, &cursor)
    var elements: [Element] = []
    elements.reserveCapacity(count)
    var start = range.lowerBound
    while start < range.upperBound {
      let element = extracting(start..<start + stride)
      elements.append(try Element(shortOrLong: element, message: self, cursor: &cursor))
      start += stride
    }
    return elements
  }
}
