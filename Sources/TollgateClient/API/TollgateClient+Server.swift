// What a gate says of itself.

internal import TollgateWire

extension TollgateClient {
  /// Who the gate is. Any role.
  public func serverInfo(options: CallOptions = CallOptions()) async throws(TollgateError) -> ServerInfo {
    ServerInfo(try await answer(.serverInfo, EmptyMessage(), options))
  }

  /// What the gate can do: its methods and messages. Any role.
  public func describe(options: CallOptions = CallOptions()) async throws(TollgateError) -> ServiceDescription {
    ServiceDescription(try await answer(.describe, EmptyMessage(), options))
  }

  /// How a service of the gate feels. Anybody may ask.
  /// - Parameter service: `ledger`, or empty for the gate as a whole.
  public func health(
    of service: String = "", options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> HealthReport {
    HealthReport(service, try await answer(.health, HealthRequest(service: service), options))
  }

  /// How a service of the gate feels, now and at each change. The gate sends no faster than the sequence is consumed;
  /// it ends with an error when its connection does, and can then be asked again.
  /// - Parameter service: `ledger`, or empty for the gate as a whole.
  public func watchHealth(of service: String = "", trace: TraceContext? = nil) -> HealthWatch {
    HealthWatch(client: self, service: service, trace: trace)
  }
}
