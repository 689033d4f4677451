// A job: the parameters of one image request, from which the server computes the price (rule 10).

/// What a worker wants to render. Sixteen bytes; the price depends on nothing else.
public struct Job: Hashable, Sendable, BitwiseCopyable {
  /// Width of an image in pixels, from 1.
  public var width: UInt16
  /// Height of an image in pixels, from 1.
  public var height: UInt16
  /// Sampling steps; 0 means the number that the price book includes.
  public var steps: UInt16
  /// Number of images, from 1.
  public var count: UInt16
  /// The model's number in the price book.
  public var model: UInt16
  /// The quality asked for.
  public var quality: Quality
  /// Number of ControlNets used.
  public var controlNets: UInt8
  /// Features used.
  public var features: Features

  /// A job; every parameter is judged by the price book, not here.
  @inlinable public init(
    width: UInt16, height: UInt16, steps: UInt16 = 0, count: UInt16 = 1, model: UInt16 = 0,
    quality: Quality = .standard, controlNets: UInt8 = 0, features: Features = []
  ) {
    self.width = width
    self.height = height
    self.steps = steps
    self.count = count
    self.model = model
    self.quality = quality
    self.controlNets = controlNets
    self.features = features
  }

  /// How carefully an image is rendered. Unknown numbers are kept, and refused by the price book.
  public struct Quality: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    /// The number on the wire and in price books.
    public var rawValue: UInt8

    /// A quality of a number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The quickest.
    @inlinable public static var draft: Quality { Quality(rawValue: 0) }
    /// The usual.
    @inlinable public static var standard: Quality { Quality(rawValue: 1) }
    /// The best.
    @inlinable public static var high: Quality { Quality(rawValue: 2) }
  }

  /// Features that add to or multiply the price. Unknown bits are kept, and refused by the price book.
  public struct Features: OptionSet, Hashable, Sendable, BitwiseCopyable {
    /// One bit a feature.
    public var rawValue: UInt32

    /// Features of their bits, known or not.
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Starts from an image.
    @inlinable public static var imageToImage: Features { Features(rawValue: 1 << 0) }
    /// Repaints a masked part.
    @inlinable public static var inpainting: Features { Features(rawValue: 1 << 1) }
    /// Enlarges to twice the size.
    @inlinable public static var upscale2x: Features { Features(rawValue: 1 << 2) }
    /// Enlarges to four times the size.
    @inlinable public static var upscale4x: Features { Features(rawValue: 1 << 3) }
    /// Restores faces.
    @inlinable public static var faceRestoration: Features { Features(rawValue: 1 << 4) }
    /// Removes the background.
    @inlinable public static var backgroundRemoval: Features { Features(rawValue: 1 << 5) }
    /// Goes before others in the queue.
    @inlinable public static var priorityQueue: Features { Features(rawValue: 1 << 6) }
    /// A preview render at a fraction of the price.
    @inlinable public static var preview: Features { Features(rawValue: 1 << 7) }
    /// Every feature that has a name here.
    @inlinable public static var known: Features { Features(rawValue: 0xFF) }
  }
}
