// Moves ciphertext between OpenSSL and ByteBuffers: OpenSSL reads from the buffer that the socket filled, and writes
// into the one that the socket will drain. No copy more, no system call.

internal import COpenSSL
internal import COpenSSLShims
internal import NIOCore

final class ByteBufferBIO {
  /// OpenSSL's side of this object. Whoever hands it to `SSL_set_bio` gives its ownership away.
  let raw: OpaquePointer
  private var inbound = ByteBuffer()
  private var outbound = ByteBuffer()
  /// Whether the outbound storage was given to the channel, so that the next record starts a new one.
  private var isLent = false

  init?() {
    guard let method = Self.method, let bio = BIO_new(method) else { return nil }
    raw = bio
    BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
    BIO_set_init(bio, 1)
  }

  /// Bytes that OpenSSL has not taken yet.
  var inboundBytes: Int { inbound.readableBytes }

  /// What the socket brought.
  func receive(_ buffer: ByteBuffer) {
    if inbound.readableBytes == 0 {
      inbound = buffer
    } else {
      var all = inbound
      inbound = ByteBuffer()
      all.writeImmutableBuffer(buffer)
      inbound = all
    }
  }

  func discardInbound() {
    inbound = ByteBuffer()
  }

  /// Makes room for records to come, so that a large flush grows the buffer once.
  func reserve(_ byteCount: Int) {
    var buffer = moveOutbound(byteCount)
    buffer.reserveCapacity(minimumWritableBytes: byteCount)
    outbound = buffer
  }

  /// Everything that OpenSSL wrote since the last call, as one buffer; nil if nothing. The storage is used again when
  /// the channel is done with it.
  func takeOutbound() -> ByteBuffer? {
    guard !isLent, outbound.readableBytes > 0 else { return nil }
    let taken = outbound
    if outbound.capacity > TLSPolicy.keptBufferBytesMax {
      outbound = ByteBuffer()
    } else {
      isLent = true
    }
    return taken
  }

  /// Lets go of the storage, for a connection that has nothing to do.
  func release() {
    if isLent || outbound.readableBytes == 0 {
      outbound = ByteBuffer()
      isLent = false
    }
    if inbound.readableBytes == 0 { inbound = ByteBuffer() }
  }

  /// The outbound storage, ready for more, which the caller puts back: what is only moved in and out needs no check of
  /// exclusive access.
  private func moveOutbound(_ byteCount: Int) -> ByteBuffer {
    var buffer = outbound
    outbound = ByteBuffer()
    if isLent {
      buffer.clear(minimumCapacity: byteCount)
      isLent = false
    }
    return buffer
  }

  fileprivate func append(_ bytes: UnsafeRawBufferPointer) {
    var buffer = moveOutbound(bytes.count)
    buffer.writeBytes(bytes)
    outbound = buffer
  }

  fileprivate func read(into region: UnsafeMutableRawBufferPointer) -> Int {
    var buffer = inbound
    // The socket's buffer is not ours to keep.
    inbound = ByteBuffer()
    let count = min(region.count, buffer.readableBytes)
    buffer.readWithUnsafeReadableBytes { bytes in
      region.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
      return count
    }
    if buffer.readableBytes > 0 { inbound = buffer }
    return count
  }

  private static func of(_ bio: OpaquePointer?) -> ByteBufferBIO? {
    BIO_get_data(bio).map { Unmanaged<ByteBufferBIO>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Made once for the process, and never freed.
  nonisolated(unsafe) private static let method: OpaquePointer? = {
    guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "ByteBuffer") else { return nil }
    BIO_meth_set_write_ex(method) { bio, bytes, count, written in
      tollgate_bio_clear_retry(bio)
      guard let transport = ByteBufferBIO.of(bio) else { return 0 }
      transport.append(UnsafeRawBufferPointer(start: bytes, count: count))
      written?.pointee = count
      return 1
    }
    BIO_meth_set_read_ex(method) { bio, bytes, count, taken in
      tollgate_bio_clear_retry(bio)
      guard let transport = ByteBufferBIO.of(bio) else { return 0 }
      let moved = transport.read(into: UnsafeMutableRawBufferPointer(start: bytes, count: count))
      taken?.pointee = moved
      // Nothing now is not the end: only the channel knows about ends.
      if moved == 0 { tollgate_bio_set_retry_read(bio) }
      return moved > 0 ? 1 : 0
    }
    BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    return method
  }()
}
