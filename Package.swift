// swift-tools-version: 6.2
// The layers of ARCHITECTURE.md as targets: a target imports only what stands in its dependencies here.

import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioConcurrency = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
  name: "tollgate",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "TollgateClient", targets: ["TollgateClient"]),
    .library(name: "TollgateTesting", targets: ["TollgateTesting"]),
    .executable(name: "tollgated", targets: ["tollgated"]),
    .executable(name: "tollgate", targets: ["tollgate"]),
    .executable(name: "tollgate-load", targets: ["tollgate-load"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // 0: values
    .target(name: "TollgateValues", swiftSettings: strict),
    // 1: one idea each, on values alone
    .target(name: "CPricingKernel"),
    .target(
      name: "TollgatePricing", dependencies: ["TollgateValues", "CPricingKernel"],
      resources: [.embedInCode("pricebook-1.json")], swiftSettings: strict),
    .target(name: "CPrefetch"),
    .target(name: "TollgateLedger", dependencies: ["TollgateValues", "CPrefetch"], swiftSettings: strict),
    .target(name: "TollgateWire", dependencies: ["TollgateValues", nioCore], swiftSettings: strict),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .target(name: "COpenSSLShims", dependencies: ["COpenSSL"]),
    .target(
      name: "TollgateTLS", dependencies: ["COpenSSL", "COpenSSLShims", nioCore, nioTLS], swiftSettings: strict),
    // 2 and 3: durability and the actor
    .target(name: "CScheduling"),
    .target(
      name: "TollgateJournal", dependencies: ["TollgateValues", "TollgateLedger", "CScheduling"], swiftSettings: strict),
    .target(name: "CGatheredLog"),
    .target(
      name: "TollgateSQLite",
      dependencies: [
        "TollgateValues", "TollgateLedger", "TollgateJournal", "CScheduling", "CGatheredLog", grdb, grdbSQLite,
      ],
      swiftSettings: strict),
    .target(
      name: "TollgateService",
      dependencies: ["TollgateValues", "TollgatePricing", "TollgateLedger", "TollgateJournal"],
      swiftSettings: strict),
    // 4: connections
    .target(
      name: "TollgateServer",
      dependencies: [
        "TollgateValues", "TollgatePricing", "TollgateLedger", "TollgateJournal", "TollgateSQLite",
        "TollgateService", "TollgateWire", "TollgateTLS", nioConcurrency, nioCore, nioPosix, nioTLS, lifecycle, logging,
      ], swiftSettings: strict),
    .target(
      name: "TollgateClient",
      dependencies: ["TollgateValues", "TollgateWire", "TollgateTLS", nioCore, nioPosix, nioTLS, lifecycle, logging],
      swiftSettings: strict),
    // 5: what users run, and what lets them test without a network
    .target(
      name: "TollgateTesting",
      dependencies: [
        "TollgateValues", "TollgatePricing", "TollgateLedger", "TollgateJournal", "TollgateService", "TollgateServer",
        "TollgateClient", "TollgateWire", nioCore, nioPosix, logging,
      ], swiftSettings: strict),
    .target(
      name: "TollgateDaemon",
      dependencies: [
        "TollgateValues", "TollgatePricing", "TollgateLedger", "TollgateJournal", "TollgateSQLite", "TollgateService",
        "TollgateTLS", "TollgateWire", "TollgateServer", argumentParser, configuration, lifecycle, logging, nioCore,
        unixSignals,
      ], swiftSettings: strict),
    .executableTarget(
      name: "tollgated",
      dependencies: ["TollgateDaemon", "TollgateServer", "TollgateTLS", argumentParser],
      swiftSettings: strict),
    .executableTarget(
      name: "tollgate",
      dependencies: ["TollgateClient", "TollgateValues", "TollgatePricing", argumentParser, configuration, logging],
      swiftSettings: strict),
    // The load-test harness: what a run reports, what drives it, and the program.
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "TollgateLoadReport", dependencies: ["CZlib", "TollgateValues"], swiftSettings: strict),
    .target(
      name: "TollgateLoad",
      dependencies: [
        "TollgateLoadReport", "TollgateValues", "TollgateWire", "TollgateTLS", argumentParser, nioConcurrency, nioCore,
        nioPosix, nioTLS, unixSignals,
      ], swiftSettings: strict),
    .executableTarget(
      name: "tollgate-load", dependencies: ["TollgateLoad", argumentParser], swiftSettings: strict),
    // Tests: one target a layer, and what they share.
    .target(
      name: "TollgateTestSupport", dependencies: ["TollgateValues"], path: "Tests/TollgateTestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "TollgateValuesTests", dependencies: ["TollgateValues", "TollgateTestSupport"], swiftSettings: strict),
    .testTarget(
      name: "TollgatePricingTests", dependencies: ["TollgatePricing", "TollgateValues", "TollgateTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "TollgateLedgerTests", dependencies: ["TollgateLedger", "TollgateValues", "TollgateTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "TollgateWireTests", dependencies: ["TollgateWire", "TollgateValues", "TollgateTestSupport", nioCore],
      swiftSettings: strict),
    .testTarget(
      name: "TollgateTLSTests",
      dependencies: ["TollgateTLS", "TollgateTestSupport", nioCore, nioEmbedded, nioPosix, nioTLS],
      swiftSettings: strict),
    .testTarget(
      name: "TollgateJournalTests",
      dependencies: [
        "TollgateJournal", "TollgateSQLite", "TollgateLedger", "TollgateValues", "TollgateTestSupport", "CGatheredLog",
        grdb,
        grdbSQLite,
      ], swiftSettings: strict),
    .testTarget(
      name: "TollgateServiceTests",
      dependencies: [
        "TollgateService", "TollgateJournal", "TollgateLedger", "TollgatePricing", "TollgateValues",
        "TollgateTestSupport",
      ], swiftSettings: strict),
    .testTarget(
      name: "TollgateServerTests",
      dependencies: [
        "TollgateServer", "TollgateService", "TollgateJournal", "TollgateLedger", "TollgateTLS", "TollgateWire",
        "TollgateValues", "TollgateTestSupport", logging, nioConcurrency, nioCore, nioEmbedded,
      ], swiftSettings: strict),
    .testTarget(
      name: "TollgateDaemonTests",
      dependencies: ["TollgateDaemon", "TollgateJournal", "TollgateValues", argumentParser, logging],
      swiftSettings: strict),
    .testTarget(
      name: "TollgateClientTests",
      dependencies: [
        "TollgateClient", "TollgateTesting", "TollgateTLS", "TollgateWire", "TollgateValues", "TollgateTestSupport",
        nioCore, nioEmbedded, nioPosix, logging,
      ], swiftSettings: strict),
    .testTarget(
      name: "TollgateLoadReportTests", dependencies: ["TollgateLoadReport", "TollgateValues", "TollgateTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "TollgateLoadTests",
      dependencies: [
        "tollgate-load", "TollgateLoad", "TollgateLoadReport", "TollgateServer", "TollgateService", "TollgateJournal",
        "TollgateLedger", "TollgateWire", "TollgateValues", "TollgateTestSupport", "EndToEndSupport", argumentParser,
        nioCore, nioPosix, logging,
      ], swiftSettings: strict),
    // The daemon from outside: what drives it, the crash test as a program, and the tests.
    .target(
      name: "EndToEndSupport", dependencies: ["TollgateClient", "TollgateValues", "TollgateTestSupport", logging],
      path: "Tests/EndToEndSupport", swiftSettings: strict),
    .executableTarget(
      name: "crash-test", dependencies: ["EndToEndSupport", argumentParser], path: "Tests/CrashTestTool",
      swiftSettings: strict),
    .testTarget(
      name: "TollgateCLITests",
      dependencies: [
        "tollgate", "TollgateClient", "TollgatePricing", "TollgateValues", "TollgateTestSupport", argumentParser,
      ], swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "tollgated", "EndToEndSupport", "TollgateClient", "TollgateValues", "TollgateTestSupport", logging,
      ],
      swiftSettings: strict),
  ]
)
