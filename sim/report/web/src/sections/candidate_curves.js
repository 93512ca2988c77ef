// Failures over time under each candidate.
import { axis_tooltip, grid, points, rows_over_bins, share_axis, time_axis } from "../axes.js";
import { choice } from "../dom.js";
import { figure } from "../figure.js";
import { percent } from "../format.js";
import { line_legend, line_series } from "../lines.js";
import { report } from "../report.js";

const { candidates, cohorts } = report.tables;
const all = cohorts.length - 1;
const shown = { cohort: all };

function draw({ colours }) {
  const drawn = candidates.map(({ name }, c) => {
    const values = report.curves[c][shown.cohort];
    return { name, values, points: points(values), worst: Math.max(...values.map((n) => n ?? 0)) };
  });
  const by_worst = [...drawn].sort((a, b) => a.worst - b.worst);
  const [least, most] = [by_worst[0], by_worst[by_worst.length - 1]];
  return {
    option: {
      grid, xAxis: time_axis(colours), yAxis: share_axis(colours, "share of lookups that failed"),
      tooltip: axis_tooltip(colours, percent),
      series: drawn.map((each, i) => line_series(colours, each, i)),
    },
    alt: `In the worst bin ${percent(most.worst)} failed under ${most.name}, the most, and ` +
      `${percent(least.worst)} under ${least.name}, the least (${cohorts[shown.cohort].cohort}).`,
    legend: line_legend(colours, drawn),
    data: {
      columns: ["bin begins (UTC)", ...drawn.map(({ name }) => name)],
      rows: rows_over_bins(drawn.map(({ values }) => values)),
    },
  };
}

export function candidate_curves() {
  const chart = figure({
    id: "curves",
    title: "Share of failed lookups under each candidate",
    note: "All seeds together. Switch candidates off and on in the legend.",
    height: 380,
    zooms: true,
    controls: [choice("Cohort", [[String(all), "all cohorts"],
      ...cohorts.slice(0, -1).map((cohort, i) => [String(i), cohort.cohort])],
    (cohort) => {
      shown.cohort = Number(cohort);
      chart.redraw();
    })],
    draw,
  });
  return [chart];
}
