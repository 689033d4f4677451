// Writes a message into memory that was reserved once for the whole frame.

public import TollgateValues

/// A writer over the bytes of one message. The root comes first; texts and lists are appended behind it.
/// Lives only inside the closure that lends the memory.
@usableFromInline
package struct MessageWriter {
  @usableFromInline package let bytes: UnsafeMutableRawBufferPointer
  /// Where the message ends so far.
  @usableFromInline package var end: Int
  /// The first thing that cannot be written: the frame is then taken back.
  @usableFromInline package var problem: WireError?
  @usableFromInline package let omitsTexts: Bool

  /// A writer of a message whose root has `rootBytes` bytes; they are zeroed, so that reserved bytes need no care.
  @inlinable @inline(__always)
  package init(_ bytes: UnsafeMutableRawBufferPointer, rootBytes: Int, omitsTexts: Bool = false) {
    self.bytes = bytes
    self.omitsTexts = omitsTexts
    end = 0
    claim(rootBytes)
  }

  /// Bytes that a list of messages takes at most, with its alignment and its elements' tails.
  package static func listBytesMax<Element: WireMessage>(_ elements: [Element]) -> Int {
    var sum = 7 + elements.count * Element.rootBytes
    for element in elements { sum += element.tailBytesMax }
    return sum
  }

  @inlinable @inline(__always)
  package mutating func claim(_ count: Int) {
    precondition(count <= bytes.count - end, "a message outgrows the memory reserved for it")
    if count > 0 { (bytes.baseAddress! + end).initializeMemory(as: UInt8.self, repeating: 0, count: count) }
    end += count
  }

  @inlinable @inline(__always)
  package func store<Value: BitwiseCopyable>(_ value: Value, at offset: Int) {
    precondition(offset >= 0 && offset + MemoryLayout<Value>.size <= end, "a field lies outside of its message")
    bytes.storeBytes(of: value, toByteOffset: offset, as: Value.self)
  }

  @inlinable @inline(__always) package func put(_ value: some FixedWidthInteger & BitwiseCopyable, at offset: Int) {
    store(value.littleEndian, at: offset)
  }

  @inlinable @inline(__always) package func put(_ flag: Bool, at offset: Int) { store(UInt8(flag ? 1 : 0), at: offset) }
  @inlinable @inline(__always) package func put(_ credits: Credits, at offset: Int) {
    put(credits.microcredits, at: offset)
  }
  @inlinable @inline(__always) package func put(_ instant: Instant, at offset: Int) {
    put(instant.nanoseconds, at: offset)
  }
  @inlinable @inline(__always) package func put(_ span: TimeSpan, at offset: Int) { put(span.nanoseconds, at: offset) }

  @inlinable @inline(__always) package func put(_ id: some Identifier, at offset: Int) {
    store(id.high.bigEndian, at: offset)
    store(id.low.bigEndian, at: offset + 8)
  }

  @inlinable @inline(__always) package func put(_ job: Job, at offset: Int) {
    put(job.width, at: offset)
    put(job.height, at: offset + 2)
    put(job.steps, at: offset + 4)
    put(job.count, at: offset + 6)
    put(job.model, at: offset + 8)
    put(job.quality.rawValue, at: offset + 10)
    put(job.controlNets, at: offset + 11)
    put(job.features.rawValue, at: offset + 12)
  }

  @inline(__always) package func put(_ area: DetailArea, at offset: Int) {
    put(area.words.0, at: offset)
    put(area.words.1, at: offset + 8)
    put(area.words.2, at: offset + 16)
    put(area.words.3, at: offset + 24)
  }

  /// Appends a text and refers to it from the field at `offset`.
  package mutating func text(_ text: String, at offset: Int) {
    let count = text.utf8.count
    guard count > 0, !omitsTexts else { return }
    guard count <= Limits.textBytesMax else { return refuse(.textTooLong, at: offset, count) }
    put(UInt32(end), at: offset)
    put(UInt32(count), at: offset + 4)
    let start = end
    claim(count)
    var copy = text
    copy.withUTF8 { UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + count]).copyMemory(from: .init($0)) }
  }

  /// Appends a text for people, cut to what a text may be: no explanation is worth an error of its own.
  package mutating func clippedText(_ long: String, at offset: Int) {
    guard long.utf8.count > Limits.textBytesMax else { return text(long, at: offset) }
    var cut = long.utf8.index(long.startIndex, offsetBy: Limits.textBytesMax)
    while cut > long.startIndex, cut.samePosition(in: long.unicodeScalars) == nil { cut = long.utf8.index(before: cut) }
    text(String(long[..<cut]), at: offset)
  }

  /// Appends a list, aligned to 8 bytes, and refers to it from the field at `offset`.
  package mutating func list<Element: WireMessage>(_ elements: [Element], at offset: Int, max: Int) {
    guard !elements.isEmpty else { return }
    guard elements.count <= max else { return refuse(.listTooLong, at: offset, elements.count) }
    claim(-end & 7)
    let start = end
    put(UInt32(start), at: offset)
    put(UInt32(elements.count), at: offset + 4)
    put(UInt32(Element.rootBytes), at: offset + 8)
    claim(elements.count * Element.rootBytes)
    for index in elements.indices { elements[index].encode(into: &self, at: start + index * Element.rootBytes) }
  }

  /// Appends a list of elements without texts and lists of their own: each is written into its own bytes, whose size the
  /// compiler knows, so that its stores need no check each. `element` is asked once an index, in order.
  @inline(__always)
  mutating func flatList<Element: WireMessage>(
    _ count: Int, at offset: Int, max: Int, _ element: (Int) -> Element
  ) {
    guard count > 0 else { return }
    guard count <= max else { return refuse(.listTooLong, at: offset, count) }
    claim(-end & 7)
    let start = end
    put(UInt32(start), at: offset)
    put(UInt32(count), at: offset + 4)
    put(UInt32(Element.rootBytes), at: offset + 8)
    precondition(count * Element.rootBytes <= bytes.count - end, "a message outgrows the memory reserved for it")
    end += count * Element.rootBytes
    for index in 0..<count {
      let place = UnsafeMutableRawBufferPointer(
        start: bytes.baseAddress.map { $0 + (start + index * Element.rootBytes) }, count: Element.rootBytes)
      var writer = MessageWriter(place, rootBytes: Element.rootBytes)
      element(index).encode(into: &writer, at: 0)
    }
  }

  /// Appends room for a column of values of `width` bytes, aligned to 8 bytes, and refers to it from the field at `offset`.
  /// Returns where it begins; nil if it has no rows, or too many.
  package mutating func column(_ rows: Int, of width: Int, at offset: Int, max: Int) -> Int? {
    guard rows > 0 else { return nil }
    guard rows <= max else {
      refuse(.listTooLong, at: offset, rows)
      return nil
    }
    claim(-end & 7)
    put(UInt32(end), at: offset)
    put(UInt32(rows), at: offset + 4)
    defer { claim(rows * width) }
    return end
  }

  private mutating func refuse(_ problem: WireError.Problem, at offset: Int, _ count: Int) {
    if self.problem == nil { self.problem = WireError(problem, at: offset, value: UInt64(count)) }
  }
}
