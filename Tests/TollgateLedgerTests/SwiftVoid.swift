// The ledger has an operation called Void; in this module the word means what it means elsewhere.

typealias Void = Void
