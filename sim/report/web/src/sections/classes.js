// Which names were hurt: failed lookups by class of name, over time and by cohort.
import { axis_tooltip, grid, points, rows_over_bins, share_axis, time_axis } from "../axes.js";
import { choice, element, table } from "../dom.js";
import { figure } from "../figure.js";
import { count, day_and_clock, percent } from "../format.js";
import { line_legend, line_series } from "../lines.js";
import { all_cohorts, cohort_choices, cohort_name, cohorts_of, report, sum, total }
  from "../report.js";

const names = report.tables.classes;
const shown = { cohort: all_cohorts };

// The share of the class's lookups that failed in each bin; null where nobody asked.
function shares_of(which) {
  const of = (counts) => sum(cohorts_of(shown.cohort).map((cohort) => counts[which][cohort]));
  const all = of(report.classes.lookups);
  const failed = of(report.classes.failed);
  const values = report.bins.from.map((_, bin) =>
    (all && all[bin] > 0 ? (failed ? failed[bin] : 0) / all[bin] : null));
  return { values, share: all ? total(failed) / total(all) : null };
}

function draw({ colours }) {
  const drawn = names.map(({ title }, i) => ({ name: title, ...shares_of(i) }))
    .filter(({ share }) => share !== null)
    .map((each) => ({ ...each, points: points(each.values) }));
  const told = [...drawn].sort((a, b) => b.share - a.share)
    .map(({ name, share }) => `${name} ${percent(share)}`);
  return {
    option: {
      grid, xAxis: time_axis(colours),
      yAxis: share_axis(colours, "share of lookups that failed", { max: 1 }),
      tooltip: axis_tooltip(colours, percent),
      series: drawn.map((each, i) => line_series(colours, each, i)),
    },
    alt: drawn.length === 0 ? `Nobody asked: ${cohort_name(shown.cohort)} had no lookups.`
      : `Failed lookups of ${cohort_name(shown.cohort)} over the run, by class of name: ` +
        `${told.join("; ")}.`,
    legend: line_legend(colours, drawn),
    data: {
      columns: ["bin begins (UTC)", ...drawn.map(({ name }) => `${name} (share failed)`)],
      rows: rows_over_bins(drawn.map(({ values }) => values)),
    },
  };
}

function class_table() {
  return table("Classes of names, all cohorts",
    [{ title: "Names", heads_row: true, whole: true }, { title: "In" },
      { title: "Lookups", right: true }, { title: "Failed", right: true },
      { title: "Worst bin", right: true }, { title: "Worst at", whole: true },
      { title: "Stale", right: true }, { title: "Under NTA", right: true }],
    names.map((each) => [element("span", { title: each.meaning }, each.title), each.zone,
      count(each.lookups), percent(each.failed_share), percent(each.worst_bin_failed_share),
      each.worst_bin_at ? day_and_clock(Date.parse(each.worst_bin_at)) : "-",
      percent(each.stale_share), percent(each.under_nta_share)]));
}

function cohort_class_table() {
  const share = new Map(report.tables.cohort_classes.map((each) =>
    [`${each.class} ${each.cohort}`, each.failed_share]));
  return table("Failed lookups by cohort and class of name",
    [{ title: "Cohort", heads_row: true, whole: true },
      ...names.map(({ title }) => ({ title, right: true }))],
    report.tables.cohorts.map(({ cohort }) => [cohort,
      ...names.map((each) => percent(share.get(`${each.class} ${cohort}`)))]));
}

export function classes() {
  if (names.length === 0) return [element("p", {}, "Nobody asked for a name.")];
  const chart = figure({
    id: "classes",
    title: "Failed lookups by class of name",
    note: "Popular names are those asked for more than others; signed ones are delegated with a " +
      "DS record; missing ones do not exist.",
    height: 340,
    zooms: true,
    controls: [choice("Cohort", cohort_choices, (cohort) => {
      shown.cohort = cohort;
      chart.redraw();
    })],
    draw,
  });
  return [chart, class_table(), cohort_class_table()];
}
