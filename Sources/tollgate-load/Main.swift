// The program: hands its arguments to the library, so that tests can do the same.

internal import ArgumentParser
internal import TollgateLoad

@main
enum Main {
  static func main() async { await TollgateLoad.main() }
}
