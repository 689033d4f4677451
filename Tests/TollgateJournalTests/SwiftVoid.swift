// The ledger has an operation of this name; the macros of Testing mean Swift's.

typealias Void = Void
