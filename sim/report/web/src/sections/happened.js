// What happened: events in lanes below the curve of failed lookups.
import { details, element, table } from "../dom.js";
import { axis_tooltip, grid, points, rows_over_bins, share_axis, time_axis, tooltip_lines }
  from "../axes.js";
import { events, is_known, lanes_in_use } from "../events.js";
import { figure } from "../figure.js";
import { clock, day_and_clock, listed, percent, plural } from "../format.js";
import { all_cohorts, bin_middle, failed_share, report } from "../report.js";

const run_from = Date.parse(report.tables.run.from);
const run_until = Date.parse(report.tables.run.until);
const in_run = events.filter((event) => event.ms >= run_from && event.ms <= run_until);
const lane_height = 38;
const mark_width = 24; // px that a number needs

const failed = failed_share("lookups", all_cohorts);
const worst = failed.reduce((best, share, bin) => (share > (failed[best] ?? 0) ? bin : best), 0);

// Events of a lane whose marks would overlap share one.
function marks(width) {
  const ms_per_mark = ((run_until - run_from) / Math.max(width - 80, 100)) * mark_width;
  const found = [];
  lanes_in_use.forEach((lane, row) => {
    let last = null;
    for (const event of in_run.filter((each) => each.lane === lane.name)) {
      if (last && event.ms - last.ms < ms_per_mark) {
        last.events.push(event);
      } else {
        last = { ms: event.ms, row, events: [event] };
        found.push(last);
      }
    }
  });
  return found;
}

function label(mark) {
  const [first] = mark.events;
  return mark.events.length > 1 ? `${first.number}+` : String(first.number);
}

function mark_series(colours, width) {
  const data = marks(width).map((mark) => {
    const solid = mark.events.some(is_known);
    return {
      value: [mark.ms, mark.row],
      events: mark.events,
      symbol: "roundRect",
      symbolOffset: [0, 7],
      symbolSize: [mark.events.length > 1 ? 26 : 22, 18],
      itemStyle: { color: solid ? colours.accent : colours.surface, borderColor: colours.accent,
        borderWidth: 1.5, opacity: 1 },
      label: { show: true, formatter: label(mark), fontSize: 11,
        color: solid ? colours.surface : colours.accent },
    };
  });
  return {
    type: "scatter", name: "events", xAxisIndex: 1, yAxisIndex: 1, data, clip: true,
    tooltip: {
      trigger: "item",
      formatter: ({ data: mark }) =>
        tooltip_lines(`${clock(mark.events[0].ms)} UTC`, mark.events.slice(0, 8).map((event) =>
          ({ name: `${event.number}. ${event.actor}: ${event.what}` }))),
    },
  };
}

function option(colours, width) {
  const lanes_bottom = 64;
  const lanes_top = lanes_in_use.length * lane_height + lanes_bottom;
  return {
    grid: [
      { ...grid, bottom: lanes_top + 14 },
      { ...grid, top: undefined, height: lanes_in_use.length * lane_height, bottom: lanes_bottom },
    ],
    xAxis: [
      time_axis(colours, { gridIndex: 0, axisLabel: { show: false }, name: "" }),
      time_axis(colours, { gridIndex: 1, splitLine: { show: false } }),
    ],
    yAxis: [
      share_axis(colours, "share of lookups that failed"),
      {
        type: "category", gridIndex: 1, inverse: true,
        data: lanes_in_use.map((lane) => lane.title),
        axisLine: { show: false }, axisTick: { show: false },
        splitLine: { show: true, lineStyle: { color: colours.line } },
        axisLabel: { inside: true, color: colours.muted, verticalAlign: "bottom",
          padding: [0, 0, 5, -4], fontSize: 11, margin: 0 },
        z: 10,
      },
    ],
    tooltip: axis_tooltip(colours, percent),
    series: [
      {
        type: "line", name: "failed lookups", showSymbol: false, data: points(failed),
        lineStyle: { color: colours.failure, width: 2 }, itemStyle: { color: colours.failure },
        areaStyle: { color: colours.failure, opacity: 0.15 },
      },
      {
        type: "scatter", name: "worst", symbolSize: 7, silent: true,
        data: failed[worst] > 0 ? [[bin_middle[worst], failed[worst]]] : [],
        itemStyle: { color: colours.failure },
        label: { show: true, position: "top", color: colours.ink,
          formatter: `${percent(failed[worst])} at ${clock(report.bins.from[worst])}` },
      },
      mark_series(colours, width),
    ],
  };
}

function alt() {
  const { onset } = report.tables.run;
  const lanes = lanes_in_use.map((lane) => {
    const n = in_run.filter((event) => event.lane === lane.name).length;
    return `${lane.title.toLowerCase()}: ${n}`;
  });
  const curve = onset
    ? `Failures set in at ${day_and_clock(Date.parse(onset))} UTC and peak at ` +
      `${percent(failed[worst])} at ${day_and_clock(report.bins.from[worst])} UTC.`
    : "No lookup failed.";
  return `${curve} ${plural(in_run.length, "event")} during the run (${listed(lanes)}), ` +
    "numbered as in the tables below.";
}

function event_table(caption, rows) {
  return table(caption,
    [{ title: "No.", right: true }, { title: "UTC", whole: true }, { title: "Who" },
      { title: "What", wide: true }, { title: "Confidence" }, { title: "Source", wide: true }],
    rows.map((event) => [
      String(event.number), day_and_clock(event.ms), event.actor, event.what,
      element("span", { class: `confidence ${is_known(event) ? "known" : "model"}` },
        event.confidence),
      event.source,
    ]));
}

function phases() {
  const rows = report.tables.phases;
  if (rows.length === 0) return null;
  return details(`Zone versions that were published: ${plural(rows.length, "phase")}`,
    table("Publications of a zone that follow each other at like intervals",
      [{ title: "Zone", heads_row: true }, { title: "First" }, { title: "Last" },
        { title: "Versions", right: true }, { title: "Every, s", right: true },
        { title: "To all sites, s", right: true }, { title: "Not everywhere", right: true }],
      rows.map((phase) => [phase.zone, day_and_clock(Date.parse(phase.first_published_at)),
        day_and_clock(Date.parse(phase.last_published_at)), String(phase.versions),
        phase.interval_s === null ? "-" : String(Math.round(phase.interval_s)),
        phase.all_sites_s === null ? "-" : String(Math.round(phase.all_sites_s)),
        String(phase.versions_not_everywhere)])));
}

export function happened() {
  const timeline = figure({
    id: "timeline",
    title: "Failed lookups over time, and what happened",
    note: "A lookup is a client's wish for one name, retries included; it failed if it ended " +
      "with SERVFAIL or without a reply. Full marks are measured or reported, hollow ones " +
      "derived or assumed; 7+ stands for event 7 and those right after it.",
    height: 300 + lanes_in_use.length * lane_height,
    zooms: true,
    draw: ({ colours, width }) => ({
      option: option(colours, width),
      alt: alt(),
      legend: [],
      data: {
        columns: ["bin begins (UTC)", "share of lookups that failed"],
        rows: rows_over_bins([failed]),
      },
    }),
  });
  const sites = events.filter((event) => event.lane === "servers");
  const others = events.filter((event) => event.lane !== "servers");
  return [
    timeline,
    others.length > 0 ? event_table("Events, with source and confidence", others)
      : element("p", {}, "The run records no events."),
    sites.length > 0 ? details(`Server sites: ${plural(sites.length, "event")}`,
      event_table("What server sites did", sites)) : null,
    phases(),
  ];
}
