// Several runs side by side: shares over the hours since something, and their main figures.
import { axis_tooltip, grid, share_axis, tooltip_lines, value_axis } from "../axes.js";
import { element, one_of, choice, table } from "../dom.js";
import { figure } from "../figure.js";
import { count, minutes, percent } from "../format.js";
import { line_legend, line_series } from "../lines.js";
import { report } from "../report.js";

const { incidents } = report.tables;
const shares = [["failed", "failed"], ["stale", "were answered with expired data"],
  ["under_nta", "were answered under a negative trust anchor"],
  ["bogus", "were given a bogus answer"]];
const origins = [["failure", "first failure"], ["run", "begin of the run"]];
const shown = { share: "failed", origin: "failure" };

// Points in the middle of bins, in hours since what was chosen. Null: the run has no such instant.
function points_of(curve) {
  const origin = shown.origin === "run" ? 0 : curve.first_failure_h;
  if (origin === null) return null;
  return curve.until_h.map((until, bin) => {
    const from = bin === 0 ? 0 : curve.until_h[bin - 1];
    return [+((from + until) / 2 - origin).toFixed(4), curve[shown.share][bin]];
  });
}

const hours = (h) => `${h < 0 ? "\u2212" : ""}${Math.floor(Math.abs(h))}:` +
  `${String(Math.floor((Math.abs(h) % 1) * 60)).padStart(2, "0")}`;

function worst_of({ points }) {
  const known = points.filter(([, share]) => share !== null);
  return known.reduce((worst, point) => (point[1] > worst[1] ? point : worst), [0, 0]);
}

function alt(drawn, missing) {
  const since = origins.find(([id]) => id === shown.origin)[1];
  const what = shares.find(([id]) => id === shown.share)[1];
  const words = drawn.map((each) => {
    const [at, share] = worst_of(each);
    return `${each.name}: at most ${percent(share)}${share > 0 ? `, at ${hours(at)}` : ""}`;
  });
  return `Share of lookups that ${what}, hours since the ${since}. ${words.join("; ")}.` +
    (missing.length > 0 ? ` Nothing failed in ${missing.join(", ")}.` : "");
}

function draw({ colours }) {
  const all = incidents.map(({ incident }, i) =>
    ({ name: incident, points: points_of(report.curves[i]), i }));
  const drawn = all.filter(({ points }) => points);
  const missing = all.filter(({ points }) => !points).map(({ name }) => name);
  return {
    option: {
      grid,
      xAxis: value_axis(colours, "hours", {
        min: "dataMin", max: "dataMax", nameLocation: "end", nameGap: 4,
        nameTextStyle: { color: colours.muted, align: "right", verticalAlign: "top",
          padding: [22, 0, 0, 0] },
        axisLabel: { color: colours.muted, hideOverlap: true, showMinLabel: false,
          showMaxLabel: false },
        splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: colours.line } },
      }),
      // Hours begin before 0: the axis stays at the edge.
      yAxis: share_axis(colours, "share of lookups",
        { axisLine: { show: false, onZero: false }, axisTick: { show: false } }),
      tooltip: axis_tooltip(colours, percent, {
        formatter: (marks) => tooltip_lines(`${hours(marks[0].value[0])} h`,
          marks.map(({ color, seriesName, value }) =>
            ({ colour: color, name: seriesName, value: percent(value[1]) }))),
      }),
      series: drawn.map((each) => line_series(colours, each, each.i)),
    },
    alt: alt(drawn, missing),
    legend: line_legend(colours, all).filter(({ name }) => !missing.includes(name)),
    data: {
      columns: ["incident", "hours", "share"],
      rows: drawn.flatMap(({ name, points }) => points.map(([at, share]) => [name, at, share])),
    },
  };
}

export function curves() {
  const change = (key) => (value) => {
    shown[key] = value;
    chart.redraw();
  };
  const chart = figure({
    id: "incidents",
    title: "Lookups hour by hour",
    note: "All cohorts of each run. Runs are laid over each other at the instant chosen.",
    height: 400,
    zooms: true,
    controls: [
      choice("Share that", shares, change("share")),
      one_of("Hours since", origins, change("origin")),
    ],
    draw,
  });
  return [chart];
}

// ---- figures ------------------------------------------------------------------------------------

const minute = (at) => (at ? at.slice(0, 16).replace("T", " ") : "none");
const rows = [
  ["Begin (UTC)", (row) => minute(row.from)],
  ["Length", (row) => `${+row.hours.toFixed(2)} h`],
  ["Scale", (row) => row.scale],
  ["Lookups", (row) => count(row.lookups)],
  ["Failed", (row) => count(row.failed_lookups)],
  ["Share that failed", (row) => percent(row.failed_share)],
  ["Expired answers", (row) => percent(row.stale_share)],
  ["Under a negative trust anchor", (row) => percent(row.under_nta_share)],
  ["First failure (UTC)", (row) => minute(row.first_failure_at)],
  ["Worst bin (UTC)", (row) => minute(row.worst_bin_at)],
  ["Share that failed in it", (row) => percent(row.worst_bin_failed_share)],
  ["Resolvers hurt", (row) => count(row.resolvers_hurt)],
  ["Half of them recovered after", (row) => minutes(row.recovery_50_min)],
  ["90 % after", (row) => minutes(row.recovery_90_min)],
  ["99 % after", (row) => minutes(row.recovery_99_min)],
];

export function figures() {
  return [table("Main figures, all cohorts",
    [{ title: "", heads_row: true }, ...incidents.map(({ incident }) =>
      ({ title: incident, right: true }))],
    rows.map(([title, cell]) => [title, ...incidents.map(cell)])),
  element("p", { class: "note" }, "Times to recovery count from the first failure; \u201c-\u201d " +
    "means not before the run ended, or that nothing failed.")];
}

export function reproduce_incidents() {
  return [
    element("p", {}, "Each result file holds its scenario with every default written out. These " +
      "commands give the same results with the same version of zonefall:"),
    element("pre", { tabindex: "0" }, element("code", {}, report.reproduce)),
    table("Content hashes that must come out again",
      [{ title: "Incident", heads_row: true }, { title: "Content hash" }, { title: "Seed" }],
      incidents.map((row) => [row.incident, row.content_hash, row.seed])),
  ];
}
