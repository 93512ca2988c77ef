// What varying a value does: a measure along the value, and where the curve bends.
import { axis_tooltip, grid, tooltip_lines, value_axis } from "../axes.js";
import { choice } from "../dom.js";
import { figure } from "../figure.js";
import { day_and_clock, long_time } from "../format.js";
import { line_legend } from "../lines.js";
import { interval, is_share, scaled, unit_of } from "../measure.js";
import { report } from "../report.js";

const { measures, cohorts } = report.tables;
const { sweeps } = report;
const all = cohorts.length - 1;
const paths = [...new Set(sweeps.map(({ path }) => path))];
const shown = { path: 0, measure: 0 };

// How values of a kind stand on an axis: [scale, unit].
function scale_of(unit, largest) {
  if (unit === "share") return [100, "%"];
  if (unit === "time") return [1000, "UTC"]; // milliseconds, as the time axis has them
  if (unit !== "seconds") return [1, ""];
  const [seconds, name] = [[86_400, "d"], [3_600, "h"], [60, "min"], [1, "s"]]
    .find(([size]) => largest >= 3 * size) ?? [1, "s"];
  return [1 / seconds, name];
}

// The sweeps of the chosen path as curves of the chosen measure.
function curves() {
  const of_path = sweeps.filter(({ path }) => path === paths[shown.path]);
  const measure = measures[shown.measure];
  const largest = Math.max(...of_path.flatMap(({ points }) => points.map(({ x }) => Math.abs(x))));
  const [scale, unit] = scale_of(of_path[0].unit, largest);
  const drawn = of_path.map(({ policy, points, bends }) => ({
    name: policy,
    ...bends[shown.measure], // words and knee
    points: points.map(({ candidate, text, x }) =>
      ({ text, x: x * scale, estimate: report.estimates[candidate][shown.measure][all] })),
  }));
  return { measure, unit, is_time: of_path[0].unit === "time", drawn };
}

const y_of = (measure, { estimate }) => scaled(measure, estimate[0]);

// The 95 % interval of each point, as a line with ends.
function interval_bars(measure, name, points, colour) {
  return {
    type: "custom", name, silent: true, z: 2, itemStyle: { color: colour },
    encode: { x: 0, y: [1, 2] },
    data: points.map(({ x, estimate: [mean, half] }) =>
      [x, scaled(measure, mean - (half ?? 0)), scaled(measure, mean + (half ?? 0))]),
    renderItem: (_, api) => {
      const [x, low] = api.coord([api.value(0), api.value(1)]);
      const [, high] = api.coord([api.value(0), api.value(2)]);
      const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 },
        style: { stroke: colour, lineWidth: 1.5 } });
      return { type: "group", children: [line(x, low, x, high), line(x - 4, low, x + 4, low),
        line(x - 4, high, x + 4, high)] };
    },
  };
}

// The curve, its intervals, the chord between its ends, and the knee if there is one. All have the
// name of the curve, so that the legend switches them together.
function series_of(colours, measure, { name, points, knee }, i) {
  const { colour, dash } = colours.series(i);
  const place = (point) => [point.x, y_of(measure, point)];
  const ends = [points[0], points[points.length - 1]];
  return [
    {
      type: "line", name, data: points.map(place), symbol: "circle", symbolSize: 7,
      lineStyle: { width: 1.75, color: colour, type: dash }, itemStyle: { color: colour }, z: 3,
    },
    interval_bars(measure, name, points, colour),
    {
      type: "line", name, data: ends.map(place), showSymbol: false, silent: true, z: 1,
      itemStyle: { color: colour },
      lineStyle: { width: 1, color: colour, type: [2, 4], opacity: 0.7 },
    },
    ...(knee === null ? [] : [{
      type: "scatter", name, data: [place(points[knee])], symbol: "diamond", symbolSize: 17, z: 4,
      silent: true, itemStyle: { color: colour, borderColor: colours.surface, borderWidth: 1.5 },
      label: { show: true, position: "top", distance: 12, color: colours.ink, fontSize: 12,
        formatter: `knee: ${points[knee].text}`, backgroundColor: colours.surface,
        padding: [1, 3] },
    }]),
  ];
}

function x_axis(colours, path, { unit, is_time }) {
  return value_axis(colours, is_time ? "UTC" : `${path}${unit ? `, ${unit}` : ""}`, {
    type: is_time ? "time" : "value", min: null, scale: true,
    nameLocation: "middle", nameGap: 30, nameTextStyle: { color: colours.muted },
    splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: colours.line } },
    axisLabel: { color: colours.muted, hideOverlap: true,
      ...(is_time ? { formatter: (at) => day_and_clock(at) } : {}) },
  });
}

function tooltip(colours, { measure, drawn }) {
  return axis_tooltip(colours, String, {
    formatter: (marks) => {
      const at = marks[0].value[0];
      const lines = drawn.flatMap(({ name, points }, i) => points.filter(({ x }) => x === at)
        .map((point) => ({ colour: colours.series(i).colour, name,
          value: `${interval(measure, point.estimate)} ${unit_of(measure)}` })));
      const point = drawn.flatMap(({ points }) => points).find(({ x }) => x === at);
      return tooltip_lines(point ? point.text : "", lines);
    },
  });
}

function draw({ colours }) {
  const path = paths[shown.path];
  const content = curves();
  const { measure, drawn, is_time } = content;
  const title = `${measure.title}, ${unit_of(measure)}`;
  return {
    option: {
      grid: { ...grid, left: is_share(measure) ? 52 : 72, right: 24, bottom: 52 },
      xAxis: x_axis(colours, path, content),
      yAxis: value_axis(colours, title),
      tooltip: tooltip(colours, content),
      series: drawn.flatMap((each, i) => series_of(colours, measure, each, i)),
    },
    alt: `${drawn.map(({ words }) => words).join(". ")}.`,
    legend: line_legend(colours, drawn),
    data: {
      columns: ["policy", path, is_time ? "instant" : "as a number", `mean (${measure.unit})`,
        "95 % half-width", "knee"],
      rows: drawn.flatMap(({ name, points, knee }) => points.map((point, i) =>
        [name, point.text, is_time ? long_time(point.x) : +point.x.toFixed(6), point.estimate[0],
          point.estimate[1], i === knee ? "yes" : ""])),
    },
  };
}

export function sweep() {
  const change = (key) => (value) => {
    shown[key] = Number(value);
    chart.redraw();
  };
  const controls = [choice("Measure", measures.map((measure, i) => [String(i), measure.title]),
    change("measure"))];
  if (paths.length > 1) {
    controls.unshift(choice("Value", paths.map((path, i) => [String(i), path]), change("path")));
  }
  const chart = figure({
    id: "sweep",
    title: "A measure along the value that was varied",
    note: "Dots are means over the seeds, bars 95 % intervals, all cohorts. A knee is the inner " +
      "point that is farthest from the straight line between the ends (dotted; Satopaa et al. " +
      "2011). The distance is taken seed by seed, the ends included, and its intervals hold for " +
      "all inner points together with 95 %; where that of the farthest holds 0, the curve is " +
      "within noise of a straight line and no knee is claimed.",
    height: 400,
    controls,
    draw,
  });
  return [chart];
}
