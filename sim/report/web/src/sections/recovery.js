// How resolvers recovered.
import { axis_tooltip, grid, share_axis, time_axis } from "../axes.js";
import { figure } from "../figure.js";
import { count, day_and_clock, long_time, percent, plural } from "../format.js";
import { line_legend, line_series } from "../lines.js";
import { report } from "../report.js";

function recoveries() {
  const names = report.tables.cohorts.map((cohort) => cohort.cohort);
  const all = {
    name: "all cohorts",
    hurt: report.recovery.reduce((n, each) => n + each.hurt, 0),
    recovered: report.recovery.flatMap((each) => each.recovered).sort((a, b) => a - b),
    first_failure: Math.min(...report.recovery.map((each) => each.first_failure ?? Infinity)),
  };
  const of_cohorts = report.recovery.map((each, i) => ({ ...each, name: names[i] }));
  return [all, ...of_cohorts].filter((each) => each.hurt > 0);
}

// From the first failure on, a step up for each resolver that recovers, and level to the end.
function steps({ hurt, recovered, first_failure }) {
  const until = Date.parse(report.tables.run.until);
  const ups = recovered.map((at, i) => [at, (i + 1) / hurt]);
  return [[first_failure, 0], ...ups, [until, recovered.length / hurt]];
}

// When half of a cohort's hurt resolvers had recovered.
const half_at = ({ hurt, recovered }) => recovered[Math.ceil(hurt / 2) - 1] ?? Infinity;

function alt(drawn) {
  if (drawn.length === 0) return "No resolver was hurt.";
  const [all, ...cohorts] = drawn;
  const words = `Of ${plural(all.hurt, "hurt resolver")} ${count(all.recovered.length)} ` +
    "recovered before the run ended.";
  const by_time = cohorts.filter((each) => half_at(each) < Infinity)
    .sort((a, b) => half_at(a) - half_at(b));
  if (by_time.length < 2) return words;
  const told = (each) => `${each.name}, at ${day_and_clock(half_at(each))} UTC`;
  return `${words} Half had recovered first in ${told(by_time[0])}, and last in ` +
    `${told(by_time[by_time.length - 1])}.`;
}

function draw_recovery({ colours }) {
  const drawn = recoveries().map((each) => ({ ...each, points: steps(each) }));
  return {
    option: {
      grid, xAxis: time_axis(colours),
      yAxis: share_axis(colours, "share of hurt resolvers that recovered", { max: 1 }),
      tooltip: axis_tooltip(colours, percent),
      series: drawn.map((each, i) => ({
        ...line_series(colours, each, i), step: "end",
        ...(i === 0 ? { lineStyle: { width: 3, color: colours.ink },
          itemStyle: { color: colours.ink } } : {}),
      })),
    },
    alt: alt(drawn),
    legend: line_legend(colours, drawn).map((entry, i) =>
      (i === 0 ? { ...entry, colour: colours.ink, dash: "solid" } : entry)),
    data: {
      columns: ["cohort", "at (UTC)", "share of hurt resolvers that recovered"],
      rows: drawn.flatMap((each) =>
        each.points.map(([at, share]) => [each.name, long_time(at), +share.toFixed(4)])),
    },
  };
}

export function recovery() {
  return [figure({
    id: "recovery",
    title: "Recovery of resolvers",
    note: "A resolver is hurt once a lookup of its clients failed; it has recovered at the first " +
      "success after the last failure.",
    height: 340,
    zooms: true,
    draw: draw_recovery,
  })];
}
