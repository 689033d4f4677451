// What the kernel may be run with: the instructions of the CPU, found out when the process runs.

package import CPricingKernel

/// From the plainest to the fastest.
package enum PricingLevel: String, CaseIterable, Hashable, Sendable {
  /// The twin, one job after the other.
  case scalar
  /// Table lookups in 64-bit words, no vectors.
  case tables
  /// What every x86-64 has.
  case baseline
  case neon
  case avx2
  case avx512

  package typealias Kernel =
    @convention(c) (
      UnsafePointer<tollgate_plan>?, UnsafePointer<tollgate_jobs>?, Int, UnsafeMutablePointer<Int16>?
    ) -> Bool

  /// The level of a name.
  /// - Throws: if there is none of this name, or this CPU cannot run it.
  package init(named name: String) throws(PricingLevelError) {
    guard let level = PricingLevel(rawValue: name) else { throw .unknown(name) }
    guard PricingLevel.available.contains(level) else { throw .unavailable(level) }
    self = level
  }

  /// The vector kernel of this level, if it has one and this CPU can run it.
  var kernel: Kernel? {
    switch self {
    case .scalar, .tables: nil
    case .baseline: tollgate_kernel_baseline()
    case .neon: tollgate_kernel_neon()
    case .avx2: tollgate_kernel_avx2()
    case .avx512: tollgate_kernel_avx512()
    }
  }

  /// The levels that this CPU can run, from the plainest to the fastest.
  package static let available: [PricingLevel] = allCases.filter { level in
    level == .scalar || level == .tables || level.kernel != nil
  }

  /// The fastest that this CPU can run.
  package static var best: PricingLevel { available[available.count - 1] }
}

/// Why a level cannot be had.
package enum PricingLevelError: Error, Hashable, CustomStringConvertible {
  case unknown(String)
  case unavailable(PricingLevel)

  package var description: String {
    let names = PricingLevel.available.map(\.rawValue).joined(separator: ", ")
    switch self {
    case .unknown(let name): return "there is no pricing level \"\(name)\"; this CPU can run \(names)"
    case .unavailable(let level): return "this CPU cannot run the pricing level \(level.rawValue), only \(names)"
    }
  }
}
