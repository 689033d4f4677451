// `tollgate-load calibrate`: what the harness itself can drive.

internal import ArgumentParser
internal import TollgateLoadReport
internal import TollgateTLS

struct CalibrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Measures what the harness itself can drive, against a server that does nothing.",
    discussion: """
      Starts the null server in this process, on a thread of its own, and drives the same shape of load against it. A run \
      that comes near this rate says little about the server.

        tollgate-load calibrate --connections 16 --in-flight 64
        tollgate-load calibrate --ca ca.pem --server-cert server.pem --server-key server-key.pem
      """)

  @OptionGroup(title: "Load") var shape: ShapeOptions
  @OptionGroup(title: "TLS") var tls: NullTLSOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run() async throws {
    let console = try LoadConsole(output)
    let stop = StopSignal()
    let watch = await Interrupts.watch(stop) { console.say("ending early") }
    defer { watch.cancel() }
    do {
      let plan = try shape.plan()
      let report = try await Calibration(plan: plan, tls: tls.files).run(
        observer: console, stop: stop, arguments: CommandLine.arguments)
      guard try console.finish(report) else { throw LoadExit.threshold }
    } catch let failure as LoadFailure {
      console.fail("\(failure)")
      throw LoadExit.failure(stop)
    }
  }
}

/// The null server's own TLS files.
struct NullTLSOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The authority of --server-cert, in PEM; without it there is no TLS.", valueName: "file"),
    completion: .file(extensions: ["pem", "crt"]))
  var ca: String?

  @Option(
    help: ArgumentHelp("The null server's certificate, in PEM.", valueName: "file"),
    completion: .file(extensions: ["pem", "crt"]))
  var serverCert: String?

  @Option(
    help: ArgumentHelp("Its private key, in PEM.", valueName: "file"), completion: .file(extensions: ["pem", "key"]))
  var serverKey: String?

  func validate() throws {
    let given = [ca, serverCert, serverKey].compactMap { $0 }.count
    guard given == 0 || given == 3 else {
      throw ValidationError("--ca, --server-cert and --server-key belong together; give all three for TLS, or none")
    }
  }

  var files: NullTLSFiles? {
    guard let ca, let serverCert, let serverKey else { return nil }
    return NullTLSFiles(ca: ca, certificate: serverCert, key: serverKey)
  }
}

/// PEM files for a null server with TLS.
struct NullTLSFiles: Sendable {
  var ca: String
  var certificate: String
  var key: String

  func server() throws -> TLSContext {
    try context(
      .server(certificateChain: certificate, privateKey: key, trustRoots: ca, requiresClientCertificate: false))
  }

  func client() throws -> TLSContext {
    try context(.client(certificateChain: nil, privateKey: nil, trustRoots: ca))
  }

  private func context(_ configuration: TLSConfiguration) throws -> TLSContext {
    do { return try TLSContext(configuration) } catch { throw LoadFailure.failed("TLS cannot be set up: \(error)") }
  }
}

/// A run against the null server of this process.
struct Calibration {
  var plan: LoadPlan
  var tls: NullTLSFiles?

  /// Operations a second of the same shape in a closed loop against the null server, without TLS; nil if it cannot be had.
  static func quickRate(_ plan: LoadPlan, stop: StopSignal) async -> Double? {
    var plan = plan
    plan.inFlight = plan.pace == .closed ? plan.inFlight : min(plan.inFlight, 64)
    plan.pace = .closed
    plan.faults = FaultPlan()
    plan.warmUpSeconds = 0.5
    plan.length = .seconds(1.5)
    let calibration = Calibration(plan: plan, tls: nil)
    return try? await calibration.run(observer: SilentObserver(), stop: stop, arguments: []).totals.rate
  }

  func run(observer: any RunObserver, stop: StopSignal, arguments: [String]) async throws -> RunReport {
    let server = try await NullServer.start(threads: plan.threads, tls: try tls?.server())
    do {
      var settings = RunSettings(connector: Connector(target: .address(host: "127.0.0.1", port: server.port)))
      settings.connector.tls = try tls?.client()
      settings.plan = plan
      settings.plan.checksMoney = false
      settings.isPrepared = true
      settings.arguments = arguments
      let report = try await LoadRun(settings: settings, observer: observer, stop: stop).run()
      await server.shutDown()
      return report
    } catch {
      await server.shutDown()
      throw error
    }
  }
}

/// Hears everything, says nothing.
struct SilentObserver: RunObserver {
  func say(_ line: String) {}
  func progress(_ what: String, _ done: Int, of total: Int) {}
  func interval(_ interval: Interval, _ meter: Meter, _ phase: RunPhase) {}
}
