// What servers had to bear.
import { axis_tooltip, grid, points, rows_over_bins, time_axis, value_axis } from "../axes.js";
import { choice, one_of, table } from "../dom.js";
import { figure } from "../figure.js";
import { day_and_clock, rate } from "../format.js";
import { line_legend, line_series } from "../lines.js";
import { bin_seconds, report, sum, total } from "../report.js";

const per_second = (values) => values.map((n, bin) => n / bin_seconds[bin]);

// Zones, that whose servers' load rose most first: in an outage the one that it is about.
function zones() {
  const rise_of = new Map();
  for (const { zone, most_per_s, before_per_s } of report.tables.servers) {
    rise_of.set(zone, Math.max(rise_of.get(zone) ?? 0, most_per_s - (before_per_s ?? 0)));
  }
  return [...rise_of].sort((a, b) => b[1] - a[1]).map(([zone]) => zone);
}

const loaded = { zone: zones()[0], by: "server" };

function loads() {
  const groups = new Map();
  for (const site of report.sites.filter((each) => each.zone === loaded.zone && each.queries)) {
    const name = loaded.by === "server" ? site.server : `${site.site} (${site.server})`;
    groups.set(name, [...(groups.get(name) ?? []), site.queries]);
  }
  return [...groups].map(([name, series]) => ({ name, values: per_second(sum(series)) }))
    .sort((a, b) => total(b.values) - total(a.values))
    .map((each) => ({ ...each, points: points(each.values) }));
}

function draw_load({ colours }) {
  const drawn = loads();
  const most = drawn.map((each) => {
    const top = Math.max(...each.values);
    return `${each.name} up to ${rate(top)} queries/s`;
  });
  return {
    option: {
      grid, xAxis: time_axis(colours), yAxis: value_axis(colours, "queries/s"),
      tooltip: axis_tooltip(colours, (n) => `${rate(n)}/s`),
      series: drawn.map((each, i) => line_series(colours, each, i)),
    },
    alt: drawn.length > 0 ? `Servers of ${loaded.zone}: ${most.slice(0, 6).join(", ")}` +
      `${most.length > 6 ? `, and ${most.length - 6} more` : ""}.` : "No server was asked.",
    legend: line_legend(colours, drawn),
    data: {
      columns: ["bin begins (UTC)", ...drawn.map((each) => `${each.name} (queries/s)`)],
      rows: rows_over_bins(drawn.map((each) => each.values)),
    },
  };
}

function server_table() {
  const maybe = (n) => (n === null ? "-" : rate(n));
  return table("Load of servers, all sites of a server together, queries per second",
    [{ title: "Server", heads_row: true }, { title: "Zone" },
      { title: "Before failures", right: true }, { title: "Since", right: true },
      { title: "Most", right: true }, { title: "Most at" },
      { title: "Most / before", right: true }],
    report.tables.servers.map((each) => [each.server, each.zone, maybe(each.before_per_s),
      maybe(each.since_per_s), rate(each.most_per_s),
      each.most_at ? day_and_clock(Date.parse(each.most_at)) : "-",
      each.most_ratio === null ? "-" : each.most_ratio.toFixed(2)]));
}

export function load() {
  const change = (key) => (value) => {
    loaded[key] = value;
    sites.redraw();
  };
  const sites = figure({
    id: "load",
    title: "Load of authoritative servers",
    note: "Queries per second that arrived, of the resolvers that were simulated.",
    height: 340,
    zooms: true,
    controls: [
      choice("Servers of", zones().map((zone) => [zone, zone]), change("zone")),
      one_of("By", [["server", "server"], ["site", "site"]], change("by")),
    ],
    draw: draw_load,
  });
  return [sites, server_table()];
}
