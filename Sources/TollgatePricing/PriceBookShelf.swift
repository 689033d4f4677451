// The price books that a server knows: which one is in force at an instant, and which one has a number.

package import TollgateValues

/// Price books in the order in which they come into force.
package struct PriceBookShelf: Sendable {
  /// Ascending by number and by `appliesFrom`.
  package let books: [PriceBook]

  /// Puts books, given in any order, on a shelf: at least one, no number twice, and a higher number applies later.
  package init(_ books: [PriceBook]) throws(PriceBookShelfError) {
    guard !books.isEmpty else { throw .empty }
    self.books = books.sorted { $0.number < $1.number }
    for (earlier, later) in zip(self.books, self.books.dropFirst()) {
      guard earlier.number != later.number else { throw .duplicateNumber(later.number) }
      guard earlier.appliesFrom < later.appliesFrom else {
        throw .notLater(number: later.number, than: earlier.number, at: earlier.appliesFrom)
      }
    }
  }

  private init(one book: PriceBook) { books = [book] }

  /// The shelf that holds only the book that ships.
  package static let shipped = PriceBookShelf(one: .shipped)

  /// The book in force: the latest whose `appliesFrom` is at or before `instant`; nil before the first.
  package func book(at instant: Instant) -> PriceBook? { books.last { $0.appliesFrom <= instant } }

  /// The book of this number.
  package func book(number: UInt32) -> PriceBook? { books.first { $0.number == number } }
}

/// Why some books do not make a shelf.
package enum PriceBookShelfError: Error, Hashable, CustomStringConvertible {
  case empty
  case duplicateNumber(UInt32)
  case notLater(number: UInt32, than: UInt32, at: Instant)

  package var description: String {
    switch self {
    case .empty: "no price book: at least one is needed"
    case .duplicateNumber(let number): "two price books have the number \(number)"
    case .notLater(let number, let earlier, let instant):
      "price book \(number) must apply later than price book \(earlier), which applies from \(instant)"
    }
  }
}
