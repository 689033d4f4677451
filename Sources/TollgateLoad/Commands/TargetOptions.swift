// Options that say where the server is.

internal import ArgumentParser
internal import TollgateTLS

struct TargetOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Where tollgated listens.", valueName: "name|address"))
  var host = "127.0.0.1"

  @Option(help: ArgumentHelp("Its port.", valueName: "port"), transform: { try Number.parse($0, 1...65_535, "--port") })
  var port = 7420

  @Option(
    help: ArgumentHelp("Authorities that vouch for the server, in PEM.", valueName: "file"),
    completion: .file(extensions: ["pem", "crt"]))
  var ca: String?

  @Option(
    help: ArgumentHelp(
      "Client certificate, in PEM; its role must be admin to open, fund and close accounts.", valueName: "file"),
    completion: .file(extensions: ["pem", "crt"]))
  var cert: String?

  @Option(
    help: ArgumentHelp("Its private key, in PEM.", valueName: "file"), completion: .file(extensions: ["pem", "key"]))
  var key: String?

  @Option(
    help: ArgumentHelp(
      "The name that the server's certificate must be for (default: --host).", valueName: "name"))
  var serverName: String?

  @Flag(help: "No TLS; only a server that was configured for it takes this.")
  var plain = false

  func validate() throws {
    if plain, ca != nil || cert != nil || key != nil {
      throw ValidationError(
        "--plain means no TLS, so that --ca, --cert and --key have no use; leave one or the other out")
    }
    if !plain, ca == nil {
      throw ValidationError("give --ca with the server's authority (and --cert, --key), or --plain for no TLS")
    }
    if (cert == nil) != (key == nil) { throw ValidationError("--cert and --key belong together; give both or none") }
  }

  func connector() throws -> Connector {
    var connector = Connector(target: .address(host: host, port: port))
    if let ca {
      do {
        connector.tls = try TLSContext(.client(certificateChain: cert, privateKey: key, trustRoots: ca))
      } catch {
        throw LoadFailure.failed("TLS cannot be set up: \(error)")
      }
      connector.serverName = serverName ?? host
    }
    return connector
  }
}

/// Numbers on the command line, with errors that say what would be right.
enum Number {
  static func parse(_ text: String, _ range: ClosedRange<Int>, _ name: String) throws -> Int {
    guard let value = parseCount(text), value == value.rounded(), range.contains(Int(value)) else {
      throw ValidationError("\(name) '\(text)' must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return Int(value)
  }

  static func rate(_ text: String, _ name: String) throws -> Double {
    let plain = text.hasSuffix("/s") ? String(text.dropLast(2)) : text
    guard let value = parseCount(plain), (0.001...1e8).contains(value) else {
      throw ValidationError("\(name) '\(text)' must be operations a second from 0.001 to 100M, as 500, 20k or 1.5M")
    }
    return value
  }

  static func seconds(_ text: String, _ range: ClosedRange<Double>, _ name: String) throws -> Double {
    guard let value = parseSeconds(text), range.contains(value) else {
      throw ValidationError(
        "\(name) '\(text)' must be a duration from \(short(range.lowerBound))s to \(short(range.upperBound))s, as 500ms, 10s or 2m"
      )
    }
    return value
  }

  static func share(_ text: String, _ name: String) throws -> Double {
    guard let value = Double(text), (0...1).contains(value) else {
      throw ValidationError("\(name) '\(text)' must be a probability from 0 to 1, as 0.001")
    }
    return value
  }
}
