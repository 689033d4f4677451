// The generations of the memory, in plain memory of their own: every request looks here, and an array asks each time
// whether it is the only owner.

/// The generations, oldest first. Copying it is cheap; a copy must be `share`d before it is changed.
struct Generations: @unchecked Sendable {
  private var storage: GenerationStorage
  private var base: UnsafeMutablePointer<Generation>

  init() {
    storage = GenerationStorage(capacity: 4)
    base = storage.base
  }

  @inline(__always)
  var count: Int { storage.count }

  @inline(__always)
  subscript(index: Int) -> Generation {
    unsafeAddress { UnsafePointer(element(index)) }
  }

  /// One generation to be changed. Good until the generations are copied, or one comes or goes.
  @inline(__always)
  func element(_ index: Int) -> UnsafeMutablePointer<Generation> {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "a generation that does not exist")
    return base + index
  }

  mutating func insert(_ generation: Generation, at index: Int) {
    precondition(index >= 0 && index <= count, "a place outside of the generations")
    if count == storage.capacity { replace(capacity: count * 2) }
    (base + index + 1).moveInitialize(from: base + index, count: count - index)
    (base + index).initialize(to: generation)
    storage.count += 1
  }

  mutating func removeFirst() -> Generation {
    precondition(count > 0, "removing from no generations")
    let first = base.move()
    base.moveInitialize(from: base + 1, count: count - 1)
    storage.count -= 1
    return first
  }

  /// Makes the memory ours alone.
  mutating func share() { replace(capacity: storage.capacity) }

  private mutating func replace(capacity: Int) {
    let new = GenerationStorage(capacity: capacity)
    new.base.initialize(from: base, count: count)
    new.count = count
    storage = new
    base = new.base
  }
}

extension Generations: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { count }
}

private final class GenerationStorage {
  let capacity: Int
  let base: UnsafeMutablePointer<Generation>
  var count = 0

  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }
}
