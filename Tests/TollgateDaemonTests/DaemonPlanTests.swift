// What single values cannot show: settings that must fit each other, and dangers that must be asked for by name.

import Foundation
import Testing
import TollgateValues

@testable import TollgateDaemon

@Suite struct DaemonPlanTests {
  /// Flags of a start that is right: plaintext on loopback, a journal in the temporary directory.
  private let right: [Setting: String] = [
    .transport: "plaintext", .plaintextRole: "admin",
    .journalPath: FileManager.default.temporaryDirectory.appendingPathComponent("never-made.db").path,
  ]

  private func problems(
    _ more: [Setting: String], environment: [String: String] = [:], without: [Setting] = []
  ) -> [String] {
    let flags = right.merging(more) { $1 }.filter { !without.contains($0.key) }
    let (values, problems) = SettingValues.load(flags: flags, environment: environment)
    switch DaemonPlan.make(values, problems: problems) {
    case .success: return []
    case .failure(let found): return found.problems.map(\.description)
    }
  }

  @Test func aRightStartHasNoProblems() {
    #expect(problems([:]) == [])
  }

  @Test func plaintextNeedsLoopbackAndARole() {
    #expect(problems([.listenHost: "::1"]) == [])
    #expect(problems([.listenHost: "localhost"]) == [])
    #expect(problems([.listenHost: "127.9.9.9"]) == [])
    for host in ["0.0.0.0", "::", "192.0.2.1", "128.0.0.1", "example.org"] {
      #expect(problems([.listenHost: host]).first?.hasPrefix("listen.host (--listen-host): plaintext is for") == true)
    }
    #expect(
      problems([:], without: [.plaintextRole]) == [
        "plaintext.role (not given): needed with transport plaintext: one of worker, billing, auditor, admin"
      ])
  }

  @Test func aJournalInMemoryMustBeAskedForByFlag() {
    #expect(problems([.journalKind: "memory"], without: [.journalPath]) == [])
    #expect(
      problems([:], environment: ["TOLLGATED_JOURNAL_KIND": "memory"]).first?.hasPrefix(
        "journal.kind (TOLLGATED_JOURNAL_KIND): memory forgets everything at exit") == true)
  }

  @Test func tlsNeedsItsThreeFiles() {
    let found = problems([.transport: "tls", .tlsKey: "/nowhere/key.pem"])
    #expect(found.count == 3)
    #expect(found[0].hasPrefix("tls.certificate (not given): needed with transport tls"))
    #expect(found[1] == "tls.key (--tls-key): /nowhere/key.pem cannot be read: No such file or directory")
    #expect(found[2].hasPrefix("tls.trustRoots (not given): needed with transport tls"))
  }

  @Test func theBoundsOfConnectionsMustFitEachOther() {
    #expect(problems([.connectionsBatchItems: "512", .connectionsFrameBytes: "65536"]) == [])
    #expect(
      problems([.connectionsFrameBytes: "65536"]) == [
        "connections.frameBytes (--connections-frame-bytes): a batch of connections.batchItems, 8192, can need 1048576"
          + " bytes: it must fit into connections.frameBytes, 65536"
      ])
    #expect(
      problems([.connectionsOutboundBytes: "1048576"]).first?.hasPrefix("connections.outboundBytes (--connections-o")
        == true)
    #expect(
      problems([.connectionsIdleTimeout: "5s"]) == [
        "connections.idleTimeout (--connections-idle-timeout): connections.pingIntervalMin, 5s, must be less than"
          + " connections.idleTimeout, 5s"
      ])
    #expect(problems([.connectionsIdleTimeout: "0s"]) == [])
  }

  @Test func moreConnectionsThanFilesAreRefusedOnlyIfSomebodyAskedForThem() {
    let found = problems([.connectionsMax: "1000000"])
    // The limit of this machine may be higher than any setting.
    #expect(found.isEmpty || found[0].contains("need 1000064 open files, the system allows"))
  }

  @Test func aTrustDomainIsAName() {
    #expect(problems([.tlsTrustDomain: "a-b.example_1"]) == [])
    #expect(problems([.tlsTrustDomain: "spiffe://x"]).first?.hasPrefix("tls.trustDomain (--tls-trust-domain)") == true)
  }

  @Test func everyProblemOfAPriceBookIsToldWithItsLine() throws {
    let file = try TemporaryFile("{\n\"number\": 0,\n\"nmae\": 1}")
    let found = problems([.pricingBooks: file.path])
    #expect(found.count > 2)
    #expect(found.allSatisfy { $0.hasPrefix("pricing.books (--pricing-books): \(file.path):") })
    #expect(problems([.pricingBooks: "/nowhere/book.json"]).first?.hasSuffix("No such file or directory") == true)
  }

  @Test func theJournalMustBeAFileInADirectoryThatExists() {
    #expect(
      problems([.journalPath: "/nowhere/t.db"]) == [
        "journal.path (--journal-path): there is no directory /nowhere; make it first"
      ])
    let directory = FileManager.default.temporaryDirectory.path
    #expect(problems([.journalPath: directory]).first?.hasSuffix("is a directory; expected a file in it") == true)
    #expect(
      problems([:], without: [.journalPath]).first?.hasPrefix("journal.path (not given): needed: the path of") == true)
  }
}
