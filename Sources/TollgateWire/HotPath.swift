// The hot path's messages without generics: other modules cannot specialize our generic functions, so that these overloads,
// which the compiler prefers by itself, carry the messages that travel by the million.

package import NIOCore
internal import TollgateValues

extension ByteBuffer {
  @discardableResult
  package mutating func writeRequest(
    _ head: RequestHead, _ message: AuthorizeRequest, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeConcreteRequest(head, message, call: call, frameBytesMax: frameBytesMax)
  }

  @discardableResult
  package mutating func writeRequest(
    _ head: RequestHead, _ message: CaptureRequest, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeConcreteRequest(head, message, call: call, frameBytesMax: frameBytesMax)
  }

  @discardableResult
  package mutating func writeRequest(
    _ head: RequestHead, _ message: VoidRequest, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeConcreteRequest(head, message, call: call, frameBytesMax: frameBytesMax)
  }

  @discardableResult
  package mutating func writeRequest(
    _ head: RequestHead, _ message: ExtendRequest, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeConcreteRequest(head, message, call: call, frameBytesMax: frameBytesMax)
  }

  @discardableResult
  package mutating func writeRequest(
    _ head: RequestHead, _ message: ChargeRequest, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeConcreteRequest(head, message, call: call, frameBytesMax: frameBytesMax)
  }
}

extension ByteBuffer {
  @discardableResult
  package mutating func writeResponse(
    _ head: ResponseHead, _ message: AuthorizeReply, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeConcreteResponse(head, message, call: call, frameBytesMax: frameBytesMax)
  }

  @discardableResult
  package mutating func writeResponse(
    _ head: ResponseHead, _ message: CaptureReply, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeConcreteResponse(head, message, call: call, frameBytesMax: frameBytesMax)
  }

  @discardableResult
  package mutating func writeResponse(
    _ head: ResponseHead, _ message: VoidReply, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeConcreteResponse(head, message, call: call, frameBytesMax: frameBytesMax)
  }

  @discardableResult
  package mutating func writeResponse(
    _ head: ResponseHead, _ message: ExtendReply, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeConcreteResponse(head, message, call: call, frameBytesMax: frameBytesMax)
  }

  @discardableResult
  package mutating func writeResponse(
    _ head: ResponseHead, _ message: ChargeReply, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeConcreteResponse(head, message, call: call, frameBytesMax: frameBytesMax)
  }
}

extension RawSpan {
  package func message(_: AuthorizeRequest.Type, at place: MessagePlace) throws(WireError) -> AuthorizeRequest {
    try concreteMessage(at: place)
  }

  package func message(_: CaptureRequest.Type, at place: MessagePlace) throws(WireError) -> CaptureRequest {
    try concreteMessage(at: place)
  }

  package func message(_: VoidRequest.Type, at place: MessagePlace) throws(WireError) -> VoidRequest {
    try concreteMessage(at: place)
  }

  package func message(_: ExtendRequest.Type, at place: MessagePlace) throws(WireError) -> ExtendRequest {
    try concreteMessage(at: place)
  }

  package func message(_: ChargeRequest.Type, at place: MessagePlace) throws(WireError) -> ChargeRequest {
    try concreteMessage(at: place)
  }

  package func message(_: AuthorizeReply.Type, at place: MessagePlace) throws(WireError) -> AuthorizeReply {
    try concreteMessage(at: place)
  }

  package func message(_: CaptureReply.Type, at place: MessagePlace) throws(WireError) -> CaptureReply {
    try concreteMessage(at: place)
  }

  package func message(_: VoidReply.Type, at place: MessagePlace) throws(WireError) -> VoidReply {
    try concreteMessage(at: place)
  }

  package func message(_: ExtendReply.Type, at place: MessagePlace) throws(WireError) -> ExtendReply {
    try concreteMessage(at: place)
  }

  package func message(_: ChargeReply.Type, at place: MessagePlace) throws(WireError) -> ChargeReply {
    try concreteMessage(at: place)
  }
}
