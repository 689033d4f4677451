// What was written since the last flush: small buffers are packed into full records, large ones are read where they lie.

internal import NIOCore

struct PendingWrites {
  private var buffers: [ByteBuffer] = []
  private var promises: [EventLoopPromise<Void>] = []
  private(set) var byteCount = 0
  /// One record's worth of small writes.
  private var staging = ByteBuffer()

  var isEmpty: Bool { buffers.isEmpty && promises.isEmpty }

  /// Empty buffers count for their promise only: OpenSSL would take a write of nothing for an error.
  mutating func append(_ buffer: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
    if buffer.readableBytes > 0 {
      buffers.append(buffer)
      byteCount += buffer.readableBytes
    }
    if let promise { promises.append(promise) }
  }

  /// Forgets everything. The caller settles the promises, when no access to this value is open any more: whoever they
  /// tell may write again.
  mutating func takeAll() -> [EventLoopPromise<Void>] {
    defer {
      buffers.removeAll()
      promises.removeAll()
      byteCount = 0
    }
    return promises
  }

  /// Empties the queue of promises into one that settles them all.
  mutating func takePromise() -> EventLoopPromise<Void>? {
    defer { promises.removeAll(keepingCapacity: true) }
    guard let first = promises.first else { return nil }
    for promise in promises.dropFirst() { first.futureResult.cascade(to: promise) }
    return first
  }

  /// Hands all bytes to `encrypt`, in as few records as they fit in, and empties the queue. Stops at the first outcome
  /// that is not `.done`.
  mutating func drain(into encrypt: (UnsafeRawBufferPointer) -> TLSOutcome) -> TLSOutcome {
    defer {
      buffers.removeAll(keepingCapacity: true)
      byteCount = 0
    }
    if buffers.count == 1 { return buffers[0].withUnsafeReadableBytes(encrypt) }
    staging.clear(minimumCapacity: min(byteCount, TLSPolicy.recordBytesMax))
    for buffer in buffers {
      let outcome = pack(buffer, into: encrypt)
      guard case .done = outcome else { return outcome }
    }
    return staging.readableBytes > 0 ? staging.withUnsafeReadableBytes(encrypt) : .done
  }

  mutating func release() {
    if isEmpty {
      buffers = []
      promises = []
    }
    staging = ByteBuffer()
  }

  /// Leaves less than a record in `staging`.
  private mutating func pack(_ buffer: ByteBuffer, into encrypt: (UnsafeRawBufferPointer) -> TLSOutcome) -> TLSOutcome {
    var buffer = buffer
    while buffer.readableBytes > 0 {
      let whole = buffer.readableBytes / TLSPolicy.recordBytesMax * TLSPolicy.recordBytesMax
      if staging.readableBytes == 0, whole > 0 {
        let outcome = buffer.withUnsafeReadableBytes { encrypt(UnsafeRawBufferPointer(rebasing: $0[..<whole])) }
        buffer.moveReaderIndex(forwardBy: whole)
        guard case .done = outcome else { return outcome }
        continue
      }
      let count = min(TLSPolicy.recordBytesMax - staging.readableBytes, buffer.readableBytes)
      buffer.readWithUnsafeReadableBytes { bytes in
        staging.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        return count
      }
      guard staging.readableBytes == TLSPolicy.recordBytesMax else { continue }
      let outcome = staging.withUnsafeReadableBytes(encrypt)
      staging.clear()
      guard case .done = outcome else { return outcome }
    }
    return .done
  }
}
