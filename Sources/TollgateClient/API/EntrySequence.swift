// An account's book as an asynchronous sequence: fetches the next page when the one in hand is used up.

internal import TollgateValues

/// All entries of an account, newest first. A refusal (such as an unknown account) is thrown as a ``TollgateError``
/// whose cause is the ``Denial``.
public struct EntrySequence: AsyncSequence, Sendable {
  /// What the sequence is made of.
  public typealias Element = Entry
  /// Accidents end it.
  public typealias Failure = TollgateError

  let client: TollgateClient
  let account: AccountID
  let pageSize: Int
  let options: CallOptions

  /// Begins at the newest entry.
  public func makeAsyncIterator() -> Iterator { Iterator(sequence: self) }

  /// Walks the pages.
  public struct Iterator: AsyncIteratorProtocol {
    private let sequence: EntrySequence
    private var page: [Entry] = []
    private var position = 0
    private var before: EntryNumber?
    private var isLast = false

    init(sequence: EntrySequence) { self.sequence = sequence }

    /// The next older entry, or nil after the oldest.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws(TollgateError) -> Entry? {
      while position == page.count {
        if isLast { return nil }
        let decision = try await sequence.client.entriesPage(
          of: sequence.account, before: before, limit: sequence.pageSize, options: sequence.options)
        switch decision {
        case .denied(let denial): throw TollgateError(denial)
        case .accepted(let fetched, _):
          page = fetched.entries
          position = 0
          before = fetched.next
          isLast = fetched.next == nil
        }
      }
      defer { position += 1 }
      return page[position]
    }

    /// The next older entry, or nil after the oldest.
    public mutating func next() async throws(TollgateError) -> Entry? { try await next(isolation: nil) }
  }
}
