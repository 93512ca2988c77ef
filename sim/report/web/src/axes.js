// Axes, grids and tooltips that charts share, so that they look and read alike.
import { element } from "./dom.js";
import { day_and_clock, long_time } from "./format.js";
import { bin_middle, report } from "./report.js";

const run = report.tables.run;

export function time_axis(colours, more = {}) {
  return {
    type: "time",
    min: Date.parse(run.from),
    max: Date.parse(run.until),
    axisLine: { lineStyle: { color: colours.line } },
    axisTick: { lineStyle: { color: colours.line } },
    axisLabel: {
      color: colours.muted, hideOverlap: true,
      formatter: { year: "{yyyy}", month: "{MMM}", day: "{MM}-{dd}", hour: "{HH}:{mm}",
        minute: "{HH}:{mm}", second: "{HH}:{mm}:{ss}" },
    },
    splitLine: { show: false },
    name: "UTC", nameLocation: "end", nameGap: 4,
    nameTextStyle: { color: colours.muted, align: "right", verticalAlign: "top",
      padding: [22, 0, 0, 0] },
    ...more,
  };
}

export function value_axis(colours, name, more = {}) {
  return {
    type: "value",
    min: 0,
    name, nameLocation: "end",
    nameTextStyle: { color: colours.muted, align: "left", padding: [0, 0, 0, -40] },
    axisLabel: { color: colours.muted },
    splitLine: { lineStyle: { color: colours.line } },
    ...more,
  };
}

export function share_axis(colours, name, more = {}) {
  return value_axis(colours, name, {
    axisLabel: { color: colours.muted, formatter: (share) => `${+(share * 100).toFixed(2)} %` },
    ...more,
  });
}

// Grids keep their places, whatever their labels need; so figures align.
export const grid = { left: 52, right: 16, top: 34, bottom: 58, outerBoundsMode: "none" };

// A tooltip from lines [{colour, name, value}]: text nodes only, names are others' words.
export function tooltip_lines(title, lines) {
  return element("div", { class: "tooltip" }, element("strong", {}, title),
    lines.map(({ colour, name, value }) =>
      element("div", {},
        colour ? element("span", { class: "swatch solid", style: `--swatch: ${colour}` }) : null,
        element("span", {}, name), element("b", {}, value ?? ""))));
}

// For charts of series over bins: the values of a bin, of those that count.
export function axis_tooltip(colours, format, more = {}) {
  return {
    trigger: "axis",
    confine: true,
    backgroundColor: colours.surface,
    borderColor: colours.line,
    textStyle: { color: colours.ink, fontSize: 12 },
    axisPointer: { lineStyle: { color: colours.muted } },
    formatter: (points) => {
      const shown = points.filter((point) => point.value[1] > 0);
      const lines = shown.map((point) =>
        ({ colour: point.color, name: point.seriesName, value: format(point.value[1]) }));
      const bin = bin_middle.indexOf(points[0].value[0]);
      const at = bin < 0 ? points[0].value[0] : report.bins.from[bin];
      return tooltip_lines(`${day_and_clock(at)} UTC`, lines.reverse());
    },
    ...more,
  };
}

// Points in the middle of their bins; null leaves a gap.
export const points = (values) => values.map((value, bin) => [bin_middle[bin], value]);

// Rows of a table of series over bins. Shares and counts to what a reader can use.
export function rows_over_bins(series) {
  const number = (value) => (value === null ? null : +value.toFixed(4));
  return report.bins.from.map((from, bin) =>
    [long_time(from), ...series.map((values) => number(values[bin]))]);
}
