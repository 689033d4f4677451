// Captures and voids whose answer is unknown, kept until the gate has answered or the hold must be gone.

internal import Logging
internal import NIOPosix
internal import Synchronization
internal import TollgateValues

final class SettlementQueue: Sendable {
  let settings: TollgateClientConfiguration.Settlement
  private let logger: Logger
  private let items: Mutex<[SettlementItem]>
  /// Taken only on threads that may block.
  private let file: Mutex<SettlementFile?>

  /// Opens the file, if there is one, and takes over what an earlier process left there. Blocks.
  init(_ settings: TollgateClientConfiguration.Settlement, logger: Logger) throws(TollgateError) {
    self.settings = settings
    self.logger = logger
    guard let path = settings.file else {
      items = Mutex([])
      file = Mutex(nil)
      return
    }
    let file = try SettlementFile(path)
    let (loaded, damaged) = try file.load()
    items = Mutex(loaded)
    self.file = Mutex(file)
    if damaged > 0 {
      logger.error(
        "the settlement file had damaged records, which were skipped",
        metadata: ["file": "\(path)", "records": "\(damaged)"])
    }
    if !loaded.isEmpty {
      logger.info("captures and voids are left to settle", metadata: ["file": "\(path)", "count": "\(loaded.count)"])
    }
  }

  /// What is unsettled.
  var unsettled: [SettlementItem] { items.withLock { $0 } }

  /// Keeps an item; with a file, it is on disk when this returns. False if the queue is full or the file fails, and
  /// the item is then only kept in memory, or not at all.
  func add(_ item: SettlementItem) async -> Bool {
    let fits = items.withLock { items in
      guard items.count < settings.itemsMax else { return false }
      items.append(item)
      return true
    }
    guard fits else {
      logger.error("the settlement queue is full", metadata: ["hold": "\(item.hold)"])
      return false
    }
    return await write([.added(item)], isSynced: true)
  }

  /// The gate has answered, or the time is over.
  func settled(_ ids: [RequestID]) async {
    let done = Set(ids)
    let isEmpty = items.withLock { items in
      items.removeAll { done.contains($0.id) }
      return items.isEmpty
    }
    // A lost note only means one more repetition, which the gate answers as before: no need to sync.
    _ = await write(ids.map { .settled($0) }, isSynced: false, clears: isEmpty)
  }

  private func write(_ records: [SettlementRecord], isSynced: Bool, clears: Bool = false) async -> Bool {
    guard settings.file != nil else { return true }
    do {
      try await NIOThreadPool.singleton.runIfActive { [self] in
        try file.withLock { file in
          guard let file else { return }
          try file.append(records, isSynced: isSynced)
          if clears, items.withLock({ $0.isEmpty }) { try file.clear() }
        }
      }
      return true
    } catch {
      logger.error("the settlement file cannot be written", metadata: ["error": "\(error)"])
      return false
    }
  }
}
