// Judges what single values cannot show: files that must exist, settings that must fit each other, what the system allows.

internal import Foundation
internal import TollgatePricing
internal import TollgateServer
internal import TollgateTLS
internal import TollgateValues
internal import TollgateWire

/// Collects everything that is wrong, so that one start finds all of it.
struct PlanJudge {
  let values: SettingValues
  var problems: [SettingProblem]
  var warnings: [String] = []

  init(values: SettingValues, problems: [SettingProblem]) {
    self.values = values
    self.problems = problems
  }

  mutating func report(_ setting: Setting, _ message: String) {
    problems.append(SettingProblem(setting, values[setting].origin, message))
  }

  // MARK: Transport

  mutating func transport() -> ServerConfiguration.Transport? {
    let domain = values.text(.tlsTrustDomain) ?? ""
    let allowed = domain.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
      default: false
      }
    }
    if !allowed || domain.utf8.count > 255 {
      report(.tlsTrustDomain, "expected at most 255 of a-z 0-9 . _ -; found \(shown(domain))")
    }
    // What a wrong transport would need is not known.
    if problems.contains(where: { $0.setting == Setting.transport.name }) { return nil }
    return values.text(.transport) == "plaintext" ? plaintext(domain) : tls(domain)
  }

  private mutating func plaintext(_ domain: String) -> ServerConfiguration.Transport? {
    let host = values.text(.listenHost) ?? ""
    let isLoopback = isLoopback(host)
    if !isLoopback {
      report(
        .listenHost,
        "plaintext is for loopback only: expected 127.0.0.1, ::1 or localhost, or transport tls; found \(shown(host))")
    }
    guard let name = values.text(.plaintextRole) else {
      report(.plaintextRole, "needed with transport plaintext: \(Setting.plaintextRole.kind.expectation)")
      return nil
    }
    let uri = "spiffe://\(domain)/tollgate/\(name)/plaintext"
    guard isLoopback, let identity = PeerIdentity(uri: uri, trustDomain: domain) else { return nil }
    warnings.append("plaintext: whoever reaches \(host) on this machine acts as \(name), and nothing is encrypted")
    return .plaintext(identity)
  }

  private mutating func tls(_ domain: String) -> ServerConfiguration.Transport? {
    var isComplete = true
    for setting in [Setting.tlsCertificate, .tlsKey, .tlsTrustRoots] {
      if let path = values.text(setting) {
        guard access(path, R_OK) == 0 else {
          report(setting, "\(path) cannot be read: \(String(cString: strerror(errno)))")
          isComplete = false
          continue
        }
      } else {
        // A value that was wrong has been reported already.
        if values[setting].origin == .nowhere {
          report(setting, "needed with transport tls: \(setting.help); certs/README.md says how to get one")
        }
        isComplete = false
      }
    }
    guard isComplete, let configuration = values.tlsConfiguration else { return nil }
    do throws(TLSError) {
      let source = try TLSContextSource(configuration)
      if !isLoopback(values.text(.listenHost) ?? ""), values[.tlsTrustDomain].origin == .standard {
        warnings.append(
          "tls.trustDomain is \(domain), the default for development, on an address that others can reach")
      }
      return .tls(source, trustDomain: domain)
    } catch {
      report(setting(at: error), error.message)
      return nil
    }
  }

  /// Which file an error is about: its message begins with the file's purpose.
  private func setting(at error: TLSError) -> Setting {
    if error.message.hasPrefix("private key") { return .tlsKey }
    return error.message.hasPrefix("trust roots") ? .tlsTrustRoots : .tlsCertificate
  }

  private func isLoopback(_ host: String) -> Bool {
    var address = in_addr()
    if inet_pton(AF_INET, host, &address) == 1 { return UInt32(bigEndian: address.s_addr) >> 24 == 127 }
    return host == "::1" || host == "localhost"
  }

  // MARK: Price books

  mutating func priceBooks() -> PriceBookShelf? {
    let paths = values.texts(.pricingBooks)
    guard !paths.isEmpty else { return .shipped }
    var books: [PriceBook] = []
    for path in paths {
      do {
        let bytes = try readFile(path, bytesMax: PriceBook.Bounds.fileBytesMax)
        books.append(try PriceBook.parse(bytes, fileName: path))
      } catch let error as PriceBookProblems {
        for problem in error.problems { report(.pricingBooks, "\(problem)") }
        if error.omitted > 0 { report(.pricingBooks, "\(path): and \(error.omitted) problems more") }
      } catch {
        report(.pricingBooks, "\(path) \(error)")
      }
    }
    guard books.count == paths.count else { return nil }
    do throws(PriceBookShelfError) {
      let shelf = try PriceBookShelf(books)
      let now = Instant(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9))
      if shelf.book(at: now) == nil {
        warnings.append("no price book is in force yet: every job will be refused until \(shelf.books[0].appliesFrom)")
      }
      return shelf
    } catch {
      report(.pricingBooks, "\(error)")
      return nil
    }
  }

  // MARK: Journal

  mutating func journal() -> DaemonPlan.JournalPlace? {
    if values.text(.journalKind) == "memory" {
      guard case .flag = values[.journalKind].origin else {
        report(.journalKind, "memory forgets everything at exit, so it is taken only as the flag --journal-kind memory")
        return nil
      }
      warnings.append("journal in memory: every account, credit and hold is forgotten when this process ends")
      return .memory
    }
    guard let path = values.text(.journalPath) else {
      if values[.journalPath].origin == .nowhere {
        report(.journalPath, "needed: the path of the journal's SQLite file; it is made if it is missing")
      }
      return nil
    }
    requireDirectory(of: path, .journalPath)
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
      report(.journalPath, "\(path) is a directory; expected a file in it")
    }
    return .sqlite(path: path, logBytes: values.whole(.journalLogBytes))
  }

  mutating func requireDirectory(of path: String, _ setting: Setting) {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory)
    if !exists || !isDirectory.boolValue { report(setting, "there is no directory \(directory); make it first") }
  }
}
