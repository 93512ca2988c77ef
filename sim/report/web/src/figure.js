// A figure: title, note, controls, picture, legend, text alternative, exports, and a table of its
// data. Whatever draws a chart describes it to figure() and gets all of that.
//
// figure({
//   id,        // names the figure, and its files when exported
//   title, note,
//   height,    // of the picture, px; a picture of SVG elements has its own
//   zooms,     // whether its time axis can be cut
//   hidden,    // names of series that are switched off at first
//   fixed_legend, // a legend of colours, not of series that can be switched off
//   controls,  // elements for what the figure shows; they call redraw()
//   draw,      // ({colours, width}) -> what is to be seen now:
//              //   option    for ECharts; or
//              //   picture   an SVG element
//              //   alt       the picture in words
//              //   legend    [{name, colour, dash}], by names of the option's series
//              //   data      {columns: [text], rows: [[text, number or null]]}
// })
// returns the element, with redraw().
import { details, element, table } from "./dom.js";
import { echarts } from "./echarts.js";
import { count } from "./format.js";
import { save_csv, save_png, save_svg } from "./save.js";
import { on_theme_change, theme } from "./theme.js";

const rows_shown_max = 2000;

class Figure {
  constructor(description) {
    this.description = description;
    this.hidden = new Set(description.hidden); // names of series that are switched off
    this.zoom = { start: 0, end: 100 }; // per cent of the time axis
    this.canvas = element("div", {
      class: "picture", role: "img",
      style: description.height ? `height: ${description.height}px` : null,
    });
    this.legend = element("div", { class: "legend" });
    this.alt = element("p", { class: "alt" });
    this.table = details("Data of this figure as a table");
    this.table.addEventListener("toggle", () => this.fill_table());
    this.element = this.assemble();
  }

  assemble() {
    const { id, title, note, controls = [], zooms } = this.description;
    const name = `zonefall-${id}`;
    const button = (text, label, act) =>
      element("button", { type: "button", "aria-label": label, onclick: act }, text);
    const content = () => ({
      title, picture: this.svg(), legend: this.drawn.legend.filter((e) => !this.hidden.has(e.name)),
    });
    const zoom_buttons = zooms && element("span", { class: "buttons", role: "group",
      "aria-label": "Zoom" },
    button("+", `Zoom in: ${title}`, () => this.zoom_by(0.5)),
    button("\u2212", `Zoom out: ${title}`, () => this.zoom_by(2)),
    button("\u2190", `Earlier: ${title}`, () => this.zoom_by(1, -0.25)),
    button("\u2192", `Later: ${title}`, () => this.zoom_by(1, 0.25)),
    button("All", `All of the run: ${title}`, () => this.zoom_by(Infinity)));
    const exports = element("span", { class: "buttons", role: "group", "aria-label": "Save" },
      button("PNG", `Save as PNG: ${title}`, () => save_png(name, content())),
      button("SVG", `Save as SVG: ${title}`, () => save_svg(name, content())),
      button("CSV", `Save the data as CSV: ${title}`, () => save_csv(name, this.drawn.data)));
    return element("figure", { id },
      element("figcaption", {}, element("h3", {}, title), note ? element("p", {}, note) : null),
      element("div", { class: "controls" }, controls, zoom_buttons || null, exports),
      this.canvas, this.legend, this.alt, this.table);
  }

  // The first drawing needs the element's width, so it must be in the page.
  start() {
    if (this.description.height) {
      this.chart = echarts.init(this.canvas, null, { renderer: "svg" });
      this.chart.on("datazoom", () => {
        const [zoom] = this.chart.getOption().dataZoom;
        this.zoom = { start: zoom.start, end: zoom.end };
      });
    }
    this.redraw();
    on_theme_change(() => this.redraw());
    let width = this.canvas.clientWidth;
    new ResizeObserver(() => {
      if (this.canvas.clientWidth === width) return;
      width = this.canvas.clientWidth;
      this.redraw();
    }).observe(this.canvas);
  }

  redraw() {
    const colours = theme();
    this.drawn = this.description.draw({ colours, width: this.canvas.clientWidth });
    this.canvas.setAttribute("aria-label", `${this.description.title}. ${this.drawn.alt}`);
    this.alt.textContent = this.drawn.alt;
    if (this.chart) {
      this.chart.resize();
      this.chart.setOption(this.with_common_parts(this.drawn.option, colours), { notMerge: true });
    } else {
      this.canvas.replaceChildren(this.drawn.picture);
    }
    this.fill_legend();
    this.fill_table();
  }

  with_common_parts(option, colours) {
    const names = this.drawn.legend.map((entry) => entry.name);
    const selected = Object.fromEntries(names.map((name) => [name, !this.hidden.has(name)]));
    const axis = Array.isArray(option.xAxis) ? option.xAxis.map((_, i) => i) : [0];
    return {
      animation: false,
      useUTC: true,
      textStyle: { fontFamily: colours.font, color: colours.ink },
      legend: { show: false, selected },
      dataZoom: this.description.zooms ? [
        { type: "inside", xAxisIndex: axis, ...this.zoom, zoomOnMouseWheel: "ctrl" },
        {
          type: "slider", xAxisIndex: axis, ...this.zoom, height: 18, bottom: 4,
          showDetail: false, brushSelect: false, showDataShadow: false, borderColor: colours.line,
          fillerColor: "rgba(128, 140, 155, 0.18)",
        },
      ] : undefined,
      ...option,
    };
  }

  // Makes what is shown `factor` times as long, and moves it by `part` of its length.
  zoom_by(factor, part = 0) {
    const length = Math.min(Math.max((this.zoom.end - this.zoom.start) * factor, 2), 100);
    const middle = (this.zoom.start + this.zoom.end) / 2 + part * length;
    const start = Math.min(Math.max(middle - length / 2, 0), 100 - length);
    this.zoom = { start, end: start + length };
    // At once, not in the next frame: what is saved then is what was asked for.
    this.chart.dispatchAction({ type: "dataZoom", batch: [0, 1].map((dataZoomIndex) =>
      ({ dataZoomIndex, ...this.zoom })) }, { flush: true });
  }

  // Buttons, so that the keyboard reaches them; a single series needs no legend.
  fill_legend() {
    const focused = this.legend.contains(document.activeElement) &&
      document.activeElement.textContent;
    const entries = this.drawn.legend.map(({ name, colour, dash = "solid" }) => {
      const swatch = element("span", { class: `swatch ${dash}`, style: `--swatch: ${colour}` });
      if (!this.chart || this.description.fixed_legend) {
        return element("span", { class: "entry" }, swatch, name);
      }
      return element("button", {
        type: "button", "aria-pressed": String(!this.hidden.has(name)),
        onclick: () => this.toggle(name),
      }, swatch, name);
    });
    this.legend.replaceChildren(...entries);
    for (const entry of entries) if (entry.textContent === focused) entry.focus();
  }

  toggle(name) {
    if (!this.hidden.delete(name)) this.hidden.add(name);
    this.redraw();
  }

  fill_table() {
    const { data } = this.drawn;
    const summary = this.table.firstElementChild;
    if (!this.table.open) return;
    const shown = data.rows.slice(0, rows_shown_max);
    const columns = data.columns.map((title, i) =>
      ({ title, right: data.rows.some((row) => typeof row[i] === "number"), heads_row: i === 0 }));
    const cells = shown.map((row) => row.map((value) => (value === null ? "-" : String(value))));
    const rest = data.rows.length - shown.length;
    this.table.replaceChildren(summary, table(this.description.title, columns, cells),
      rest > 0 ? element("p", {}, `${count(rest)} more rows are in the CSV.`) : "");
  }

  // The picture as one SVG element with a view box.
  svg() {
    const drawn = this.canvas.querySelector("svg").cloneNode(true);
    if (!drawn.getAttribute("viewBox")) {
      const { clientWidth, clientHeight } = this.canvas;
      drawn.setAttribute("viewBox", `0 0 ${clientWidth} ${clientHeight}`);
    }
    return drawn;
  }
}

const figures = [];

export function figure(description) {
  const made = new Figure(description);
  figures.push(made);
  made.element.redraw = () => made.redraw();
  return made.element;
}

// Draws all figures, once they are in the page. Later ones wait, so that the page shows at once.
export function draw_figures() {
  const waiting = [...figures];
  const next = () => {
    const one = waiting.shift();
    if (!one) {
      document.documentElement.dataset.drawn = String(figures.length);
      return;
    }
    one.start();
    setTimeout(next);
  };
  next();
}
