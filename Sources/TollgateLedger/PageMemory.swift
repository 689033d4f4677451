// Where whole pages get their memory: large pieces that the kernel may map as huge pages. Tables of many megabytes are read at
// random, and with pages of 4 KiB most of those reads would wait for the address before they wait for the memory.

internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Pages, those of one size together in pieces of two mebibytes. What is given back is kept for the next page of its size.
enum PageMemory {
  /// The most bytes of one page. Copying it is what the first write to it after a freeze costs, which shows in a server's
  /// latencies with 16 KiB and not with 4; but the shorter the pages, the more addresses of pages every access goes through.
  static let pageBytesMax = 8 << 10
  /// Shorter pages are few, and come from the heap.
  static let pageBytesMin = 4 << 10
  private static let pieceBytes = 2 << 20

  /// The pages of one size.
  private struct Shelf {
    var free: [UInt] = []
    /// What of the newest piece was never used.
    var rest: Range<UInt> = 0..<0
  }

  private static let shelves = Mutex<[Int: Shelf]>([:])

  /// Pieces that lie ready, mapped and cleared, for whichever shelf runs out next. At the most pages that are made in a
  /// second they last a tenth of one.
  private static let readyPieces = 4
  private static let ready = Mutex<[Range<UInt>]>([])

  static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    guard bytes >= pageBytesMin else { return .allocate(byteCount: bytes, alignment: 64) }
    let address = shelves.withLock { shelves in take(bytes, from: &shelves[bytes, default: Shelf()]) }
    guard let page = UnsafeMutableRawPointer(bitPattern: address) else { preconditionFailure("a page at address zero") }
    return page
  }

  static func deallocate(_ page: UnsafeMutableRawPointer, _ bytes: Int) {
    guard bytes >= pageBytesMin else { return page.deallocate() }
    shelves.withLock { $0[bytes, default: Shelf()].free.append(UInt(bitPattern: page)) }
  }

  /// Has so many bytes of the longest pages lie ready, mapped and cleared. Any thread may do that for the one that will take
  /// them: the kernel clears memory when it is first touched, which takes longer than to copy a page into it.
  static func reserve(_ bytes: Int) {
    let wanted = bytes / pageBytesMax
    while shelves.withLock({ $0[pageBytesMax, default: Shelf()].free.count }) < wanted {
      let piece = newPiece()
      clear(piece)
      shelves.withLock {
        $0[pageBytesMax, default: Shelf()].free += stride(
          from: piece.lowerBound, to: piece.upperBound, by: pageBytesMax)
      }
    }
  }

  /// Whether fewer pieces lie ready than should.
  static var isShort: Bool { ready.withLock(\.count) < readyPieces }

  /// Has as many pieces lie ready as should; for a thread that nobody waits for.
  static func replenish() {
    while isShort {
      let piece = newPiece()
      clear(piece)
      ready.withLock { $0.append(piece) }
    }
  }

  /// Touches what is mapped.
  private static func clear(_ piece: Range<UInt>) {
    for address in stride(from: piece.lowerBound, to: piece.upperBound, by: 4 << 10) {
      UnsafeMutableRawPointer(bitPattern: address)?.storeBytes(of: 0, as: UInt8.self)
    }
  }

  private static func take(_ bytes: Int, from shelf: inout Shelf) -> UInt {
    if let page = shelf.free.popLast() { return page }
    if shelf.rest.count < bytes { shelf.rest = ready.withLock { $0.popLast() } ?? newPiece() }
    let page = shelf.rest.lowerBound
    shelf.rest = page + UInt(bytes)..<shelf.rest.upperBound
    return page
  }

  private static func newPiece() -> Range<UInt> {
    let piece = UnsafeMutableRawPointer.allocate(byteCount: pieceBytes, alignment: pieceBytes)
    #if os(Linux)
      // Whether the kernel follows the advice changes the speed and nothing else.
      _ = madvise(piece, pieceBytes, MADV_HUGEPAGE)
    #endif
    return UInt(bitPattern: piece)..<UInt(bitPattern: piece) + UInt(pieceBytes)
  }
}
