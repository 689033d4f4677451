// swift-tools-version: 6.1
// The same cycle as a unary grpc-swift-2 service over our own ledger: a package of its own, as gRPC builds for minutes.

import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "grpc-peer",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
  ],
  targets: [
    .target(name: "TollgateValues", path: "Tollgate/TollgateValues", swiftSettings: strict),
    .target(name: "CPrefetch", path: "Tollgate/CPrefetch"),
    .target(
      name: "TollgateLedger", dependencies: ["TollgateValues", "CPrefetch"], path: "Tollgate/TollgateLedger", swiftSettings: strict),
    .executableTarget(
      name: "grpc-peer",
      dependencies: [
        "TollgateLedger", "TollgateValues",
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], swiftSettings: strict),
  ]
)
