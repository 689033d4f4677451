// A progress bar for long work; drawn only where a person sees it, and gone when the work is done.

/// Draws `capture  ███████░░░░░░░  512/2,000` over itself on standard error.
struct Progress {
  private let title: String
  private let total: Int
  private let isShown: Bool

  init(_ title: String, total: Int, isShown: Bool = Console.error.isTerminal) {
    self.title = title
    self.total = total
    self.isShown = isShown && total > 0
  }

  func show(_ done: Int) {
    guard isShown else { return }
    Console.error.write("\r\u{1B}[K" + Progress.bar(title, done, of: total))
  }

  func clear() {
    guard isShown else { return }
    Console.error.write("\r\u{1B}[K")
  }

  /// The bar as text.
  static func bar(_ title: String, _ done: Int, of total: Int, width: Int = 30) -> String {
    let filled = total > 0 ? min(width, max(0, done) * width / total) : width
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    return "\(title)  \(bar)  \(done)/\(total)"
  }
}
