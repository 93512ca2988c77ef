// Who was hurt: what clients ended with, over time and by cohort.
import { choice, element, one_of, svg_element, table } from "../dom.js";
import { axis_tooltip, grid, points, rows_over_bins, share_axis, time_axis, value_axis }
  from "../axes.js";
import { figure } from "../figure.js";
import { count, day_and_clock, minutes, percent } from "../format.js";
import { all_cohorts, cohort_choices, cohort_name, failed_share, outcome_title, outcomes_of,
  report, sum, total } from "../report.js";

// From the axis up: failures, which a reader compares, then what kept clients going, then the rest.
const order = ["bogus_servfail", "cached_servfail", "unreachable_servfail", "limit_servfail",
  "timeout", "bogus", "stale", "under_nta", "unvalidated", "nxdomain", "insecure", "secure"];

const shown = { what: "lookups", cohort: all_cohorts, as: "share" };

function place(name) {
  const at = order.indexOf(name);
  return at < 0 ? order.length : at;
}

// The outcomes that occur, each with what is drawn: shares of the bin, or counts.
function series() {
  const by_outcome = outcomes_of(shown.what, shown.cohort);
  const all = sum(by_outcome);
  return report.outcomes
    .map((outcome, i) =>
      ({ ...outcome, title: outcome_title(outcome.name), counts: by_outcome[i] }))
    .filter((each) => total(each.counts) > 0)
    .sort((a, b) => place(a.name) - place(b.name))
    .map((each) => ({
      ...each,
      values: each.counts.map((n, bin) => {
        if (shown.as === "count") return n;
        return all[bin] > 0 ? n / all[bin] : null;
      }),
    }));
}

function option(colours, drawn) {
  const is_share = shown.as === "share";
  const name = is_share ? `share of ${shown.what}` : `${shown.what} per bin`;
  return {
    grid: { ...grid, left: 60 },
    xAxis: time_axis(colours),
    yAxis: is_share ? share_axis(colours, name, { max: 1 })
      : value_axis(colours, name, { axisLabel: { color: colours.muted, formatter: count } }),
    tooltip: axis_tooltip(colours, is_share ? percent : count),
    series: drawn.map((each) => ({
      type: "line", stack: "all", name: each.title, showSymbol: false, data: points(each.values),
      lineStyle: { width: 0.75, color: colours.surface },
      itemStyle: { color: colours.outcome(each.name) },
      areaStyle: { color: colours.outcome(each.name), opacity: 1 },
      emphasis: { disabled: true },
    })),
  };
}

function alt(drawn) {
  const all = drawn.reduce((n, each) => n + total(each.counts), 0);
  if (all === 0) return `Nobody asked: ${cohort_name(shown.cohort)} had no ${shown.what}.`;
  const parts = [...drawn].sort((a, b) => total(b.counts) - total(a.counts))
    .map((each) => `${each.title} ${percent(total(each.counts) / all)}`);
  return `Of ${count(all)} ${shown.what} of ${cohort_name(shown.cohort)} over the run: ` +
    `${parts.join(", ")}.`;
}

function draw({ colours }) {
  const drawn = series();
  return {
    option: option(colours, drawn),
    alt: alt(drawn),
    legend: drawn.map((each) => ({ name: each.title, colour: colours.outcome(each.name) })),
    data: {
      columns: ["bin begins (UTC)", ...drawn.map((each) => `${each.title} (${shown.as})`)],
      rows: rows_over_bins(drawn.map((each) => each.values)),
    },
  };
}

// The share of failures over the run, as high as the row: for comparing rows.
function sparkline(cohort) {
  const [width, height] = [120, 22];
  const shares = failed_share("lookups", String(cohort));
  const bars = shares.map((share, bin) => {
    const y = height * (1 - (share ?? 0));
    const x = (width * bin) / shares.length;
    const right = (width * (bin + 1)) / shares.length;
    return `M${x.toFixed(1)} ${height}V${y.toFixed(1)}H${right.toFixed(1)}V${height}`;
  });
  return svg_element("svg", { class: "sparkline", viewBox: `0 0 ${width} ${height}`, width, height,
    "aria-hidden": "true" },
  svg_element("path", { class: "bars", d: bars.join("") }),
  svg_element("path", { class: "base", d: `M0 ${height - 0.5}H${width}` }));
}

function cohort_table() {
  const cohorts = report.tables.cohorts.map((cohort, i) => ({ ...cohort, i }))
    .sort((a, b) => (b.failed_share ?? 0) - (a.failed_share ?? 0));
  return table("Cohorts, the worst hit first",
    [{ title: "Cohort", heads_row: true, whole: true }, { title: "Runs" },
      { title: "Set apart by", wide: true },
      { title: "Resolvers", right: true }, { title: "Lookups", right: true },
      { title: "Failed", right: true }, { title: "Over time, 0 to 100 %" },
      { title: "Worst bin", right: true }, { title: "Worst at", whole: true },
      { title: "Stale", right: true }, { title: "Under NTA", right: true },
      { title: "Half recovered", right: true }, { title: "90 % recovered", right: true }],
    cohorts.map((cohort) => {
      const recovered = (n) => (cohort.resolvers_hurt === 0 ? "-" : n === null ? "not yet"
        : minutes(n));
      return [cohort.cohort, cohort.profile, cohort.policy, count(cohort.resolvers),
        count(cohort.lookups), percent(cohort.failed_share), sparkline(cohort.i),
        percent(cohort.worst_bin_failed_share),
        cohort.worst_bin_at ? day_and_clock(Date.parse(cohort.worst_bin_at)) : "-",
        percent(cohort.stale_share), percent(cohort.under_nta_share),
        recovered(cohort.recovery_50_min), recovered(cohort.recovery_90_min)];
    }));
}

function harm_table() {
  const { harms } = report.tables;
  if (harms.length === 0) {
    return element("p", { class: "note" }, "Whether stale answers were wrong, or others spoofed, " +
      "was not asked: no population that clients ask for moves, and no attacker forges anything.");
  }
  return table("Answers with wrong data",
    [{ title: "Cohort", heads_row: true, whole: true }, { title: "Harm" },
      { title: "Meaning", wide: true }, { title: "Lookups", right: true },
      { title: "Share", right: true }, { title: "Most at", whole: true }],
    harms.map((each) => [each.cohort, each.harm, each.meaning, count(each.lookups),
      percent(each.share), each.most_at ? day_and_clock(Date.parse(each.most_at)) : "-"]));
}

export function hurt() {
  const change = (key) => (value) => {
    shown[key] = value;
    outcomes.redraw();
  };
  const outcomes = figure({
    id: "outcomes",
    title: "What clients ended with",
    note: "Failures lie at the bottom. A client query is one question to a resolver; clients " +
      "that get SERVFAIL ask again, so a failed lookup makes several failed queries.",
    height: 400,
    zooms: true,
    controls: [
      choice("Cohort", cohort_choices, change("cohort")),
      one_of("Count", [["lookups", "lookups"], ["queries", "client queries"]], change("what")),
      one_of("As", [["share", "shares"], ["count", "numbers"]], change("as")),
    ],
    draw,
  });
  return [
    outcomes,
    cohort_table(),
    element("p", { class: "note" }, "Recovery is counted in minutes from the cohort's first " +
      "failure until half, or nine tenths, of its hurt resolvers had their first success after " +
      "their last failure; \u201cnot yet\u201d means not before the run ended."),
    harm_table(),
  ];
}
