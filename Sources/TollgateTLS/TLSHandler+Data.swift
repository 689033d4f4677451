// The steady state: one decrypted buffer for each read, one encrypted buffer for each flush, no storage when idle.

package import NIOCore

extension TLSHandler {
  /// Adds what has come in to `plaintext`, or forgets it when nobody will read any more.
  func decrypt(_ context: ChannelHandlerContext) {
    guard let connection, inboundEnd == nil else { return }
    // Out of the handler meanwhile: what is only moved in and out needs no check of exclusive access.
    var buffer = plaintext
    plaintext = ByteBuffer()
    if isPlaintextLent {
      buffer.clear(minimumCapacity: connection.transport.inboundBytes)
      isPlaintextLent = false
    }
    let outcome = connection.read(into: &buffer)
    if phase != .closing { plaintext = buffer }
    switch outcome {
    case .done, .wantsInput: break
    case .closed, .failed: inboundEnd = outcome
    }
    noteUse(context)
    // OpenSSL may have answered a message of its own layer.
    sendCiphertext(context)
  }

  /// Hands on what was decrypted, then how the stream ended. Returns whether there was anything to hand on.
  @discardableResult
  func deliver(_ context: ChannelHandlerContext) -> Bool {
    let hasData = !isPlaintextLent && plaintext.readableBytes > 0 && phase == .active
    if hasData {
      let buffer = plaintext
      if plaintext.capacity > TLSPolicy.keptBufferBytesMax { plaintext = ByteBuffer() } else { isPlaintextLent = true }
      isReadWanted = false
      context.fireChannelRead(wrapInboundOut(buffer))
    }
    guard let inboundEnd, !isInboundEndTold else { return hasData }
    isInboundEndTold = true
    switch inboundEnd {
    case .closed: finishClose(context)
    case .failed(let error): fail(context, error)
    case .done, .wantsInput: break
    }
    return hasData
  }

  /// Turns all pending writes into records and these into one write to the socket.
  func encrypt(_ context: ChannelHandlerContext) {
    guard let connection, !pendingWrites.isEmpty else {
      context.flush()
      return
    }
    guard pendingWrites.byteCount > 0 else {
      pendingWrites.takePromise()?.succeed()
      return
    }
    reserve(pendingWrites.byteCount, connection)
    let outcome = pendingWrites.drain { connection.write($0) }
    noteUse(context)
    guard case .done = outcome else { return fail(context, refused(outcome)) }
    sendCiphertext(context, promise: pendingWrites.takePromise())
  }

  /// Does what writing and flushing through the pipeline does, for a handler next above that knows this one: two events
  /// and a queue less.
  package func send(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
    guard let context else {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    guard phase == .active, pendingWrites.isEmpty, bytes.readableBytes > 0, let connection else {
      write(context: context, data: wrapOutboundOut(bytes), promise: promise)
      return flush(context: context)
    }
    reserve(bytes.readableBytes, connection)
    let outcome = bytes.withUnsafeReadableBytes { connection.write($0) }
    noteUse(context)
    guard case .done = outcome else {
      fail(context, refused(outcome))
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    sendCiphertext(context, promise: promise)
  }

  /// A record of TLS 1.3 is 22 bytes longer than what it carries.
  private func reserve(_ byteCount: Int, _ connection: TLSConnection) {
    connection.transport.reserve(byteCount + (byteCount / TLSPolicy.recordBytesMax + 2) * 32)
  }

  /// Why OpenSSL could not write.
  private func refused(_ outcome: TLSOutcome) -> TLSError {
    if case .failed(let error) = outcome { return error }
    return TLSError(.recordInvalid, "OpenSSL could not write, which only happens after a close")
  }

  /// Writes and flushes whatever OpenSSL has put out.
  func sendCiphertext(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>? = nil) {
    guard let buffer = connection?.transport.takeOutbound() else {
      promise?.succeed()
      return
    }
    context.writeAndFlush(wrapOutboundOut(buffer), promise: promise)
  }

  /// Starts the sweep that takes the buffers of a quiet connection away: one timer at most, and none while quiet.
  private func noteUse(_ context: ChannelHandlerContext) {
    wasUsedSinceSweep = true
    guard bufferSweep == nil else { return }
    bufferSweep = context.eventLoop.assumeIsolated().scheduleTask(in: limits.bufferIdleTime) { [self] in
      sweep(context)
    }
  }

  private func sweep(_ context: ChannelHandlerContext) {
    bufferSweep = nil
    if wasUsedSinceSweep {
      noteUse(context)
      wasUsedSinceSweep = false
    } else {
      releaseBuffers()
    }
  }

  func releaseBuffers() {
    if isPlaintextLent || plaintext.readableBytes == 0 {
      plaintext = ByteBuffer()
      isPlaintextLent = false
    }
    pendingWrites.release()
    connection?.transport.release()
  }
}
