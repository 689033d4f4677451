// swift-tools-version: 6.2
// Benchmarks of Tollgate, apart from the product: they see its sources through the link `Tollgate`, and so its package access.

import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")

/// A layer of the product, under its own name.
func layer(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Tollgate/\(name)", swiftSettings: strict)
}

let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  ],
  targets: [
    layer("TollgateValues"),
    .target(name: "CPrefetch", path: "Tollgate/CPrefetch"),
    layer("TollgateLedger", ["TollgateValues", "CPrefetch"]),
    .target(name: "CScheduling", path: "Tollgate/CScheduling"),
    layer("TollgateJournal", ["TollgateValues", "TollgateLedger", "CScheduling"]),
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
    .executableTarget(
      name: "ledger-cost", dependencies: ["TollgateLedger", "TollgateValues", argumentParser], swiftSettings: strict),
    .executableTarget(
      name: "pricing-rate", dependencies: ["TollgatePricing", "TollgateValues", argumentParser], swiftSettings: strict),
    // What is measured, apart from who measures it: instructions here, time and more in Suites.
    .target(
      name: "Workloads",
      dependencies: [
        "TollgateValues", "TollgateLedger", "TollgateJournal", "TollgatePricing", "TollgateService", "TollgateWire",
        "TollgateTLS", nioCore, nioEmbedded, nioTLS,
      ], swiftSettings: strict),
    .systemLibrary(name: "CCallgrind", path: "Sources/CCallgrind"),
    .executableTarget(name: "instruction-cost", dependencies: ["CCallgrind", "Workloads"], swiftSettings: strict),
  ]
)
