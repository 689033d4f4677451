// Settings are judged once, with one error that says all that is wrong.

import Foundation
import Testing
import TollgateTLS

@testable import TollgateClient

@Suite struct ConfigurationTests {
  @Test func defaultsAreValid() throws {
    try TollgateClientConfiguration(host: "127.0.0.1", security: .plaintextOnLoopback).validate()
    try TollgateClientConfiguration(
      host: "gate.example", security: .tls(.init(certificateChain: "a", privateKey: "b", trustRoots: "c"))
    ).validate()
  }

  @Test(arguments: ["gate.example", "10.0.0.1", "128.0.0.1", "127.0.0.1.example", "::2", "0.0.0.0"])
  func plainTextNeverLeavesTheMachine(_ host: String) {
    let error = #expect(throws: TollgateError.self) {
      try TollgateClientConfiguration(host: host, security: .plaintextOnLoopback).validate()
    }
    #expect(error?.message.contains("refused") == true)
  }

  @Test(arguments: ["127.0.0.1", "127.9.9.9", "::1", "localhost"]) func loopbackIsKnown(_ host: String) throws {
    try TollgateClientConfiguration(host: host, security: .plaintextOnLoopback).validate()
  }

  @Test func allThatIsWrongIsSaidAtOnce() {
    var configuration = TollgateClientConfiguration(endpoints: [], security: .plaintextOnLoopback)
    configuration.connections = 0
    configuration.callTimeout = .zero
    configuration.backoff.jitter = 2
    let error = #expect(throws: TollgateError.self) { try configuration.validate() }
    #expect(error?.code == .invalidConfiguration)
    for word in ["endpoints", "connections", "callTimeout", "backoff.jitter"] {
      #expect(error?.message.contains(word) == true, "\(word)")
    }
  }

  @Test func aMissingCertificateIsNamed() {
    let files = TollgateClientConfiguration.TLS(
      certificateChain: "/nowhere/worker.pem", privateKey: "/nowhere/worker.key", trustRoots: "/nowhere/ca.pem")
    let error = #expect(throws: TollgateError.self) {
      try TollgateClient(
        configuration: TollgateClientConfiguration(host: "gate.example", security: .tls(files)), logger: silent)
    }
    #expect(error?.code == .invalidConfiguration)
    #expect(error?.message.contains("/nowhere/") == true, "\(error?.message ?? "")")
  }

  @Test func traceparentsAreRead() {
    #expect(TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")?.flags == 1)
    for wrong in [
      "", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
      "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", "00-0af7-b7ad6b7169203331-01",
    ] {
      #expect(TraceContext(traceparent: wrong) == nil, "\(wrong)")
    }
  }
}
