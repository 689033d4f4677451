// swift-tools-version: 6.2
// The workloads under ordo-one/benchmark: time, and comparison with baselines. A package of its own, so that nothing else
// builds the runner. The plugin looks for suites in a directory named Benchmarks.

import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let runner = Target.Dependency.product(name: "Benchmark", package: "benchmark")
let runnerPlugin = Target.PluginUsage.plugin(name: "BenchmarkPlugin", package: "benchmark")

/// A layer of the product, under its own name.
func layer(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Tollgate/\(name)", swiftSettings: strict)
}

let package = Package(
  name: "benchmark-suites",
  platforms: [.macOS(.v15)],
  dependencies: [
    // Without its traits: the interposers that count allocations do not work here, and instruction-cost counts them.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    layer("TollgateValues"),
    .target(name: "CPrefetch", path: "Tollgate/CPrefetch"),
    layer("TollgateLedger", ["TollgateValues", "CPrefetch"]),
    .target(name: "CScheduling", path: "Tollgate/CScheduling"),
    layer("TollgateJournal", ["TollgateValues", "TollgateLedger", "CScheduling"]),
    .target(name: "CGatheredLog", path: "Tollgate/CGatheredLog"),
    layer(
      "TollgateSQLite",
      ["TollgateValues", "TollgateLedger", "TollgateJournal", "CScheduling", "CGatheredLog", grdb, grdbSQLite]),
    .target(name: "CPricingKernel", path: "Tollgate/CPricingKernel"),
    .target(
      name: "TollgatePricing", dependencies: ["TollgateValues", "CPricingKernel"], path: "Tollgate/TollgatePricing",
      resources: [.embedInCode("pricebook-1.json")], swiftSettings: strict),
    layer("TollgateService", ["TollgateValues", "TollgatePricing", "TollgateLedger", "TollgateJournal"]),
    layer("TollgateWire", ["TollgateValues", nioCore]),
    .systemLibrary(
      name: "COpenSSL", path: "Tollgate/COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .target(name: "COpenSSLShims", dependencies: ["COpenSSL"], path: "Tollgate/COpenSSLShims"),
    layer("TollgateTLS", ["COpenSSL", "COpenSSLShims", nioCore, nioTLS]),
    .target(
      name: "Workloads",
      dependencies: [
        "TollgateValues", "TollgateLedger", "TollgateJournal", "TollgatePricing", "TollgateService", "TollgateWire",
        "TollgateTLS", nioCore, nioEmbedded, nioTLS,
      ], path: "Workloads", swiftSettings: strict),
    .executableTarget(
      name: "HotPath", dependencies: ["Workloads", runner], path: "Benchmarks/HotPath", swiftSettings: strict,
      plugins: [runnerPlugin]),
    .executableTarget(
      name: "JournalAppend",
      dependencies: ["Workloads", "TollgateJournal", "TollgateSQLite", "TollgateValues", runner],
      path: "Benchmarks/JournalAppend", swiftSettings: strict, plugins: [runnerPlugin]),
  ]
)
