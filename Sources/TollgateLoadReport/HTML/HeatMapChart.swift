// Latencies over time as a heat map: eight shades, by the logarithm of the count, one path for each shade.

/// Draws the heat map of a report.
struct HeatMapChart {
  let report: RunReport
  static let shades = 8

  init(_ report: RunReport) { self.report = report }

  /// What the script needs for tooltips: the grid and its counts, `row, count` in pairs.
  private struct Cells: Encodable {
    var left: [Double] = []
    var right: Double
    var top: [Double]
    var bottom: Double
    var times: [String]
    var latencies: [String]
    var counts: [[UInt64]]
  }

  var figure: String {
    let (map, points) = (report.heatMap, report.series.points)
    guard !map.bounds.isEmpty, map.columns.count == points.count, points.count > 1,
      let first = map.bounds.first, let last = map.bounds.last
    else { return "" }
    let lowest = first - first / 9
    let plot = Plot(
      width: Plot.wideWidth, height: 300, horizontal: TimeCharts.scale(points),
      vertical: .durations(from: lowest, to: last))
    let lefts = points.map { plot.x($0.start) }
    let end = points.last.map { plot.x($0.start + $0.seconds) } ?? plot.width
    let tops = map.bounds.map { plot.y(Double($0) + 1) }
    let floor = plot.y(Double(lowest))
    var drawn = plot
    drawn.add(paths(lefts, end, tops, floor))
    let cells = Cells(
      left: lefts, right: end, top: tops, bottom: floor, times: points.map(TimeCharts.title),
      latencies: map.bounds.indices.map { row in
        let low = row == 0 ? lowest : map.bounds[row - 1] + 1
        return "\(Units.duration(low)) – \(Units.duration(map.bounds[row]))"
      },
      counts: map.columns.map { column in
        column.indices.filter { column[$0] > 0 }.flatMap { [UInt64($0), column[$0]] }
      })
    var text = "<figure class=\"plot wide\">\n"
    text += Plot.caption("Latency heat map", note: "how many calls took how long, when; both scales logarithmic")
    text += legend + drawn.svg(label: "Latency heat map")
    text += "<script type=\"application/json\" class=\"cells\">\(Markup.json(cells))</script>\n"
    return text + "</figure>\n"
  }

  private var most: UInt64 { max(1, report.heatMap.columns.lazy.flatMap { $0 }.max() ?? 1) }

  /// The shade of a count: equal factors are equal steps, one call is the lightest.
  private func shade(_ count: UInt64, _ most: UInt64) -> Int {
    let share = HeatMapChart.log2(count) / max(1, HeatMapChart.log2(most))
    return min(HeatMapChart.shades - 1, Int(share * Double(HeatMapChart.shades)))
  }

  /// The binary logarithm, near enough for shades.
  private static func log2(_ count: UInt64) -> Double {
    guard count > 0 else { return 0 }
    let whole = 63 - count.leadingZeroBitCount
    return Double(whole) + Double(count) / Double(UInt64(1) << UInt64(whole)) - 1
  }

  private func paths(_ lefts: [Double], _ end: Double, _ tops: [Double], _ floor: Double) -> String {
    var shades = [String](repeating: "", count: HeatMapChart.shades)
    let most = most
    for (column, counts) in report.heatMap.columns.enumerated() {
      let left = lefts[column]
      let right = column + 1 < lefts.count ? lefts[column + 1] : end
      let width = Markup.number(max(0.6, right - left))
      for (row, count) in counts.enumerated() where count > 0 {
        let bottom = row == 0 ? floor : tops[row - 1]
        let height = Markup.number(max(0.6, bottom - tops[row]))
        let corner = "M\(Markup.number(left)) \(Markup.number(tops[row]))"
        shades[shade(count, most)] += "\(corner)h\(width)v\(height)h-\(width)z"
      }
    }
    return shades.enumerated().map { "<path class=\"h\($0.offset)\" d=\"\($0.element)\"/>\n" }.joined()
  }

  private var legend: String {
    let swatches = (0..<HeatMapChart.shades).map { "<i class=\"h\($0)\"></i>" }.joined()
    return
      "<p class=\"legend shades\">1 call \(swatches) \(most == 1 ? "1 call" : Units.short(Double(most)) + " calls")</p>\n"
  }
}
