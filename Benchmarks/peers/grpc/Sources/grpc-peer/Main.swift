// The peer that a Swift shop would write first: authorize and capture as unary calls of grpc-swift-2, and a client that drives them.

internal import ArgumentParser

@main
struct Main: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grpc-peer", abstract: "A grpc-swift-2 service over Tollgate's ledger in memory, and its load.",
    subcommands: [Serve.self, Load.self])
}
