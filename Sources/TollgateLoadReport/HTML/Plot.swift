// The frame of a plot in SVG: axes, grid, lines and areas; and what its tooltip says at each place.

/// A plot being drawn; its units are about the pixels of a usual screen.
struct Plot {
  /// Of a plot that stands beside another, and of one that takes the whole row.
  static let usualWidth = 640.0
  static let wideWidth = 1_290.0
  let width: Double
  let height: Double
  let horizontal: Scale
  let vertical: Scale
  /// The inside of the axes.
  let left = 62.0
  let right = 20.0
  let top = 10.0
  let bottom = 28.0
  private var body = ""
  private var hover = Hover()

  /// What the script needs for tooltips: places on the horizontal axis and words for each.
  struct Hover: Encodable {
    var x: [Double] = []
    var title: [String] = []
    var names: [String] = []
    var classes: [String] = []
    var values: [[String]] = []
    /// Heights of the marks; negative where there is none.
    var y: [[Double]] = []
  }

  init(width: Double = Plot.usualWidth, height: Double = 230, horizontal: Scale, vertical: Scale) {
    self.width = width
    self.height = height
    self.horizontal = horizontal
    self.vertical = vertical
    drawAxes()
  }

  func x(_ value: Double) -> Double { left + horizontal.place(value) * (width - left - right) }
  func y(_ value: Double) -> Double { height - bottom - vertical.place(value) * (height - top - bottom) }

  private mutating func drawAxes() {
    let (end, floor) = (width - right, height - bottom)
    for tick in vertical.ticks {
      let at = Markup.number(floor - tick.place * (floor - top))
      body +=
        "<line class=\"grid\" x1=\"\(Markup.number(left))\" x2=\"\(Markup.number(end))\" y1=\"\(at)\" y2=\"\(at)\"/>"
      body += "<text class=\"tick\" x=\"\(Markup.number(left - 8))\" y=\"\(at)\" dy=\"4\" text-anchor=\"end\">"
      body += tick.label.escaped + "</text>\n"
    }
    for tick in horizontal.ticks {
      let at = Markup.number(left + tick.place * (end - left))
      body +=
        "<line class=\"mark\" x1=\"\(at)\" x2=\"\(at)\" y1=\"\(Markup.number(floor))\" y2=\"\(Markup.number(floor + 4))\"/>"
      body += "<text class=\"tick\" x=\"\(at)\" y=\"\(Markup.number(height - 8))\" text-anchor=\"middle\">"
      body += tick.label.escaped + "</text>\n"
    }
    body += "<line class=\"axis\" x1=\"\(Markup.number(left))\" x2=\"\(Markup.number(end))\""
    body += " y1=\"\(Markup.number(floor))\" y2=\"\(Markup.number(floor))\"/>\n"
  }

  mutating func add(_ svg: String) { body += svg }

  /// A line through points; it is broken where there is no value.
  mutating func line(_ points: [(x: Double, y: Double?)], style: String, fills: Bool = false) {
    for run in points.split(whereSeparator: { $0.y == nil }) {
      let places = run.map { (x($0.x), y($0.y ?? 0)) }
      guard let first = places.first, let last = places.last else { continue }
      let path = places.enumerated().map { index, place in
        "\(index == 0 ? "M" : "L")\(Markup.number(place.0)) \(Markup.number(place.1))"
      }.joined()
      if fills {
        let floor = Markup.number(height - bottom)
        body +=
          "<path class=\"area \(style)\" d=\"\(path)L\(Markup.number(last.0)) \(floor)L\(Markup.number(first.0)) \(floor)Z\"/>\n"
      }
      if places.count == 1 {
        body +=
          "<circle class=\"dot \(style)\" cx=\"\(Markup.number(first.0))\" cy=\"\(Markup.number(first.1))\" r=\"2.5\"/>\n"
      } else {
        body += "<path class=\"line \(style)\" d=\"\(path)\"/>\n"
      }
    }
  }

  /// A horizontal line with words, as for a bound.
  mutating func bound(_ value: Double, _ label: String) {
    let at = y(value)
    body += "<line class=\"bound\" x1=\"\(Markup.number(left))\" x2=\"\(Markup.number(width - right))\""
    body += " y1=\"\(Markup.number(at))\" y2=\"\(Markup.number(at))\"/>"
    body += "<text class=\"bound-label\" x=\"\(Markup.number(width - right - 4))\" y=\"\(Markup.number(at - 5))\""
    body += " text-anchor=\"end\">\(label.escaped)</text>\n"
  }

  /// Tells the tooltip what stands at each place.
  mutating func explain(at places: [Double], titles: [String]) {
    hover.x = places.map { (x($0) * 10).rounded() / 10 }
    hover.title = titles
  }

  /// Tells the tooltip the values of one line.
  mutating func explain(_ name: String, style: String, _ values: [Double?], _ text: (Double) -> String) {
    hover.names.append(name)
    hover.classes.append(style)
    hover.values.append(values.map { $0.map(text) ?? "–" })
    hover.y.append(values.map { $0.map { (y($0) * 10).rounded() / 10 } ?? -1 })
  }

  /// The whole figure.
  func figure(_ title: String, note: String = "", legend: [(name: String, style: String)] = []) -> String {
    let isWide = width > Plot.usualWidth
    var text = "<figure class=\"plot\(isWide ? " wide" : "")\">\n" + Plot.caption(title, note: note)
    if !legend.isEmpty {
      text += "<p class=\"legend\">"
      text += legend.map { "<span><i class=\"\($0.style)\"></i>\($0.name.escaped)</span>" }.joined()
      text += "</p>\n"
    }
    text += svg(label: title)
    if !hover.x.isEmpty { text += "<script type=\"application/json\" class=\"hover\">\(Markup.json(hover))</script>\n" }
    return text + "</figure>\n"
  }

  static func caption(_ title: String, note: String) -> String {
    "<figcaption>\(title.escaped)\(note.isEmpty ? "" : "<small>\(note.escaped)</small>")</figcaption>\n"
  }

  func svg(label: String) -> String {
    let box = "viewBox=\"0 0 \(Markup.number(width)) \(Markup.number(height))\""
    return "<div class=\"canvas\"><svg \(box) role=\"img\" aria-label=\"\(label.escaped)\">\n\(body)</svg></div>\n"
  }
}
