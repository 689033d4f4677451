// What OpenSSL asks during a handshake. Each answer finds its connection through the `SSL`, and never fails loudly.

internal import COpenSSL

/// Refuses a client that offers no application protocol at all: OpenSSL would not ask, and let it pass.
let requireProtocolOffer: SSL_client_hello_cb_fn = { ssl, alert, _ in
  var bytes: UnsafePointer<UInt8>?
  var count = 0
  let offered = SSL_client_hello_get0_ext(
    ssl, UInt32(TLSEXT_TYPE_application_layer_protocol_negotiation), &bytes, &count)
  guard offered == 1 else {
    alert?.pointee = SSL_AD_NO_APPLICATION_PROTOCOL
    TLSConnection.of(ssl)?.offeredNoProtocol = true
    return SSL_CLIENT_HELLO_ERROR
  }
  return SSL_CLIENT_HELLO_SUCCESS
}

/// Picks the first of the server's protocols that the client offers. The offer is length-prefixed names.
let selectProtocol: SSL_CTX_alpn_select_cb_func = { ssl, out, outCount, offer, offerCount, _ in
  guard let names = TLSConnection.of(ssl)?.context.configuration.applicationProtocols, let offer else {
    return SSL_TLSEXT_ERR_ALERT_FATAL
  }
  let bytes = UnsafeBufferPointer(start: offer, count: Int(offerCount))
  for name in names {
    var index = 0
    while index < bytes.count, index + 1 + Int(bytes[index]) <= bytes.count {
      let end = index + 1 + Int(bytes[index])
      if bytes[index + 1..<end].elementsEqual(name.utf8) {
        out?.pointee = offer + index + 1
        outCount?.pointee = bytes[index]
        return SSL_TLSEXT_ERR_OK
      }
      index = end
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL
}

/// A ticket has come. 0 = we keep no reference of the original.
let keepSession: @convention(c) (OpaquePointer?, OpaquePointer?) -> Int32 = { ssl, session in
  if let session { TLSConnection.of(ssl)?.keep(session) }
  return 0
}

let prepareTicket:
  @convention(c) (
    OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt8>?, OpaquePointer?, OpaquePointer?, Int32
  ) -> Int32 = { ssl, name, iv, cipher, mac, isSealing in
    guard let keys = TLSConnection.of(ssl)?.context.ticketKeys, let name, let iv, let cipher, let mac else { return -1 }
    return keys.prepare(name: name, iv: iv, cipher: cipher, mac: mac, isSealing: isSealing == 1)
  }
