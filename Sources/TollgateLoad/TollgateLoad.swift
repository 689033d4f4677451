// The command `tollgate-load`: what the program offers.

package import ArgumentParser

package struct TollgateLoad: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "tollgate-load", abstract: "Drives load against a tollgated, measures it, and checks the money.")

  package init() {}
}
