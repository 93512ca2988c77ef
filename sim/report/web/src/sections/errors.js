// What clients were told: Extended DNS Errors.
import { axis_tooltip, grid, points, rows_over_bins, time_axis, value_axis } from "../axes.js";
import { choice, element, table } from "../dom.js";
import { figure } from "../figure.js";
import { count, day_and_clock, percent } from "../format.js";
import { all_cohorts, cohort_choices, cohort_name, cohorts_of, report, sum, total }
  from "../report.js";

const told = { cohort: all_cohorts };

function draw_ede({ colours }) {
  const drawn = report.ede.codes
    .map(({ code, name }, i) => ({
      name: `${code} ${name}`, i,
      values: sum(cohorts_of(told.cohort).map((cohort) => report.ede.replies[cohort][i])),
    }))
    .filter((each) => each.values);
  const counted = drawn.map((each) => `EDE ${each.name}: ${count(total(each.values))}`);
  return {
    option: {
      grid: { ...grid, left: 64 }, xAxis: time_axis(colours),
      yAxis: value_axis(colours, "replies per bin",
        { axisLabel: { color: colours.muted, formatter: count } }),
      tooltip: axis_tooltip(colours, count),
      series: drawn.map((each) => ({
        type: "bar", stack: "all", name: each.name, data: points(each.values), barWidth: "90%",
        itemStyle: { color: colours.series(each.i).colour }, large: false,
      })),
    },
    alt: counted.length > 0
      ? `Replies to clients of ${cohort_name(told.cohort)}: ${counted.join(", ")}.`
      : `No reply to clients of ${cohort_name(told.cohort)} carried an Extended DNS Error.`,
    legend: drawn.map((each) => ({ name: each.name, colour: colours.series(each.i).colour })),
    data: {
      columns: ["bin begins (UTC)", ...drawn.map((each) => `EDE ${each.name} (replies)`)],
      rows: rows_over_bins(drawn.map((each) => each.values)),
    },
  };
}

function ede_table() {
  return table("Extended DNS Errors by cohort",
    [{ title: "Cohort", heads_row: true }, { title: "Code", right: true }, { title: "Purpose" },
      { title: "Replies", right: true }, { title: "Of its replies", right: true },
      { title: "First seen" }, { title: "Most at" }],
    report.tables.ede.map((each) => [each.cohort, String(each.code), each.name,
      count(each.replies), percent(each.replies_share),
      day_and_clock(Date.parse(each.first_seen_at)), day_and_clock(Date.parse(each.most_at))]));
}

export function errors() {
  if (report.ede.codes.length === 0) {
    return [element("p", {}, "No reply carried an Extended DNS Error.")];
  }
  const ede = figure({
    id: "ede",
    title: "Extended DNS Errors that clients saw",
    note: "RFC 8914: what a resolver says about a failure, or about an expired answer. A reply " +
      "may carry several, or none.",
    height: 300,
    zooms: true,
    controls: [choice("Cohort", cohort_choices, (cohort) => {
      told.cohort = cohort;
      ede.redraw();
    })],
    draw: draw_ede,
  });
  return [ede, ede_table()];
}
