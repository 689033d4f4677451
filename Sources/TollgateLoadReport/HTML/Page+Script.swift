// The page's script: tooltips on plots and on the heat map, from the data that stands beside each.

extension Page {
  /// Small, without libraries; the words of the tooltips were written when the page was.
  static let script = #"""

    (() => {
      const tip = document.getElementById("tip");
      const make = (name, attributes) => {
        const element = document.createElementNS("http://www.w3.org/2000/svg", name);
        for (const key in attributes) element.setAttribute(key, attributes[key]);
        return element;
      };
      const line = (style, name, value) => {
        const row = document.createElement("div"), mark = document.createElement("i"), text = document.createElement("span");
        const number = document.createElement("em");
        mark.className = style; text.textContent = name; number.textContent = value;
        row.append(mark, text, number);
        return row;
      };
      const show = (event, title, rows) => {
        const head = document.createElement("b");
        head.textContent = title;
        tip.replaceChildren(head, ...rows);
        tip.hidden = false;
        const width = tip.offsetWidth, height = tip.offsetHeight;
        const left = event.clientX + 16 + width > innerWidth ? event.clientX - 16 - width : event.clientX + 16;
        tip.style.left = Math.max(4, left) + "px";
        tip.style.top = Math.max(4, Math.min(innerHeight - height - 4, event.clientY + 14)) + "px";
      };
      const place = (svg, event) => {
        const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
        return [point.x, point.y];
      };
      const nearest = (xs, x) => {
        let low = 0, high = xs.length - 1;
        while (high - low > 1) { const middle = (low + high) >> 1; if (xs[middle] <= x) low = middle; else high = middle; }
        return x - xs[low] <= xs[high] - x ? low : high;
      };
      document.querySelectorAll("script.hover").forEach(source => {
        const data = JSON.parse(source.textContent), svg = source.parentNode.querySelector("svg");
        const layer = make("g", {});
        svg.append(layer);
        svg.addEventListener("pointermove", event => {
          const at = nearest(data.x, place(svg, event)[0]), x = data.x[at], box = svg.viewBox.baseVal;
          layer.replaceChildren(make("line", {class: "cross", x1: x, x2: x, y1: 10, y2: box.height - 28}));
          data.names.forEach((name, index) => {
            const y = data.y[index][at];
            if (y >= 0) layer.append(make("circle", {class: "spot " + data.classes[index], cx: x, cy: y, r: 3.5}));
          });
          show(event, data.title[at], data.names.map((name, index) => line(data.classes[index], name, data.values[index][at])));
        });
        svg.addEventListener("pointerleave", () => { layer.replaceChildren(); tip.hidden = true; });
      });
      document.querySelectorAll("script.cells").forEach(source => {
        const data = JSON.parse(source.textContent), svg = source.parentNode.querySelector("svg");
        svg.addEventListener("pointermove", event => {
          const [x, y] = place(svg, event);
          const column = data.left.findLastIndex(left => left <= x), row = data.top.findIndex(top => top <= y);
          if (column < 0 || x > data.right || row < 0 || y > data.bottom) { tip.hidden = true; return; }
          const pairs = data.counts[column];
          let count = 0, all = 0;
          for (let index = 0; index < pairs.length; index += 2) { all += pairs[index + 1]; if (pairs[index] === row) count = pairs[index + 1]; }
          const share = all ? (100 * count / all).toPrecision(3) + " %" : "–";
          show(event, data.times[column], [line("", data.latencies[row], ""), line("", "calls", count.toLocaleString("en")),
            line("", "of this time", share)]);
        });
        svg.addEventListener("pointerleave", () => { tip.hidden = true; });
      });
    })();

    """#
}
