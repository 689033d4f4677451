// What the command line accepts.

import ArgumentParser
import Testing
import TollgateLoad

@Test func theCommandParsesWithoutArguments() throws { _ = try TollgateLoad.parse([]) }
