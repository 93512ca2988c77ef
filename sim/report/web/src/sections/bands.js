// Of an ensemble: how far curves over time reach when what nobody knows is drawn.
import { axis_tooltip, grid, points, rows_over_bins, share_axis, time_axis, tooltip_lines }
  from "../axes.js";
import { choice } from "../dom.js";
import { figure } from "../figure.js";
import { day_and_clock, percent } from "../format.js";
import { line_legend, line_series } from "../lines.js";
import { report } from "../report.js";

const { candidates, cohorts, measures } = report.tables;
const drawn = report.bands; // none in a comparison, which has not this figure
const shown = { curve: 0 };

// At first two bands are shown, more hide each other: that of the first candidate, and that of the
// one that is best by the main measure.
function hidden_at_first() {
  const sign = measures[0].more_is_better ? -1 : 1;
  const value = (c) => sign * report.estimates[c][0][cohorts.length - 1][0];
  const best = candidates.map((_, c) => c).sort((a, b) => value(a) - value(b))[0];
  return candidates.filter((_, c) => c !== 0 && c !== best).map(({ name }) => name);
}

// The quantiles of a candidate: the outer two, the inner two, the middle one.
function band_of(c) {
  const values = drawn.shares[c][shown.curve];
  const last = values.length - 1;
  return { all: values, low: values[0], high: values[last], middle: values[Math.floor(last / 2)],
    inner: last >= 4 ? [values[1], values[last - 1]] : null };
}

// An area between two curves, as ECharts stacks them: what lies below is not drawn.
function area(name, stack, [low, high], colour) {
  const series = (data, areaStyle) => ({
    type: "line", name, stack, data: points(data), showSymbol: false, silent: true, z: 1,
    lineStyle: { opacity: 0 }, itemStyle: { color: colour }, areaStyle,
  });
  return [series(low, undefined),
    series(high.map((value, bin) => value - low[bin]), { color: colour, opacity: 0.16 })];
}

// All series of a candidate have its name, so that the legend switches them together.
function series_of(colours, { name, band }, i) {
  const { colour } = colours.series(i);
  return [
    ...area(name, `outer-${i}`, [band.low, band.high], colour),
    ...(band.inner ? area(name, `inner-${i}`, band.inner, colour) : []),
    { ...line_series(colours, { name, points: points(band.middle) }, i), z: 3 },
  ];
}

const reach = ({ low, middle, high }, bin) =>
  `${percent(middle[bin])} (${percent(low[bin])} to ${percent(high[bin])})`;

function tooltip(colours, bands) {
  return axis_tooltip(colours, percent, {
    formatter: (series) => {
      const names = new Set(series.map(({ seriesName }) => seriesName));
      const bin = series[0].dataIndex;
      const lines = bands.flatMap(({ name, band }, i) => (names.has(name)
        ? [{ colour: colours.series(i).colour, name, value: reach(band, bin) }] : []));
      return tooltip_lines(`${day_and_clock(report.bins.from[bin])} UTC`, lines);
    },
  });
}

const quantile_name = (i) => `${drawn.permille.at(i) / 10} %`;

function draw({ colours }) {
  const bands = candidates.map(({ name }, c) => ({ name, band: band_of(c) }));
  const { title } = drawn.curves[shown.curve];
  const [first] = bands;
  const worst = first.band.middle.indexOf(Math.max(...first.band.middle));
  return {
    option: {
      grid, xAxis: time_axis(colours), yAxis: share_axis(colours, "share of lookups"),
      tooltip: tooltip(colours, bands),
      series: bands.flatMap((each, i) => series_of(colours, each, i)),
    },
    alt: `${title} over ${report.spread.members} members, median and ${quantile_name(0)} to ` +
      `${quantile_name(-1)}: under ${first.name} at most ${reach(first.band, worst)}, at ` +
      `${day_and_clock(report.bins.from[worst])} UTC.`,
    legend: line_legend(colours, bands),
    data: {
      columns: ["bin begins (UTC)", ...bands.flatMap(({ name }) =>
        drawn.permille.map((permille) => `${name}, ${permille / 10} %`))],
      rows: rows_over_bins(bands.flatMap(({ band }) => band.all)),
    },
  };
}

export function bands() {
  const chart = figure({
    id: "bands",
    title: "How far curves reach when assumptions are drawn",
    note: "Lines are medians of the members, bin by bin; areas reach from the " +
      `${quantile_name(0)} to the ${quantile_name(-1)} quantile, darker ones over the middle ` +
      "half. All cohorts. Switch candidates off and on in the legend.",
    height: 380,
    zooms: true,
    hidden: hidden_at_first(),
    controls: [choice("Share of", drawn.curves.map(({ title }, i) => [String(i), title]),
      (curve) => {
        shown.curve = Number(curve);
        chart.redraw();
      })],
    draw,
  });
  return chart;
}
