// Candidates of a comparison: what each comes to, what it saves or costs, and at which price.
import { grid, tooltip_lines, value_axis } from "../axes.js";
import { choice, element, table } from "../dom.js";
import { figure } from "../figure.js";
import { listed, rate } from "../format.js";
import { interval, is_share, item_tooltip, row_axes, scaled, unit_of, whisker }
  from "../measure.js";
import { report } from "../report.js";

const { candidates, measures: measure_list, cohorts, left_out } = report.tables;
const all = cohorts.length - 1; // the last is all of them together
const [first] = candidates;

const is_clear = ([mean, half]) => half !== null && Math.abs(mean) > half;
const is_better = (measure, mean) => (measure.more_is_better ? mean > 0 : mean < 0);

// ---- side by side -------------------------------------------------------------------------------

// A row for each candidate, a column for each of some measures, which are named by their number.
function estimates_table(caption, wanted) {
  const columns = [{ title: "Candidate", heads_row: true, whole: true },
    ...wanted.map((m) =>
      ({ title: `${measure_list[m].title}, ${unit_of(measure_list[m])}`, right: true }))];
  const rows = candidates.map((candidate, c) => [
    element("span", { title: candidate.title }, candidate.name),
    ...wanted.map((m) => {
      const measure = measure_list[m];
      const difference = report.differences[c][m][all];
      const clear = c > 0 && is_clear(difference);
      const words = interval(measure, report.estimates[c][m][all]);
      if (!clear) return words;
      const better = is_better(measure, difference[0]);
      return element("span", { class: `verdict ${better ? "passed" : "failed"}` },
        `${words} ${better ? "\u25b2" : "\u25bc"}`);
    }),
  ]);
  return table(caption, columns, rows);
}

export function measures() {
  const wanted = (of_class) => measure_list.map((_, m) => m)
    .filter((m) => (measure_list[m].names !== "") === of_class);
  return [
    estimates_table("What each candidate comes to, all cohorts, with 95 % intervals",
      wanted(false)),
    wanted(true).length > 0
      ? estimates_table("The same by class of name: popular names are asked for more than others",
        wanted(true)) : null,
    element("p", { class: "note" }, `\u25b2 is clearly better than ${first.name}, \u25bc clearly ` +
      "worse: the interval of the difference leaves out 0."),
    element("dl", {}, [
      ...measure_list.filter(({ names }) => names === "").map((measure) =>
        [element("dt", {}, measure.title), element("dd", {}, measure.meaning)]),
      ...left_out.map(({ title, why }) =>
        [element("dt", {}, title), element("dd", {}, `not asked, since ${why}`)]),
    ]),
  ];
}

// ---- differences --------------------------------------------------------------------------------

const shown = { measure: 0, cohort: all };
const row_height = 26;

function draw_differences({ colours, width }) {
  const measure = measure_list[shown.measure];
  const others = candidates.slice(1).map((candidate, i) => {
    const value = report.differences[i + 1][shown.measure][shown.cohort];
    const colour = !is_clear(value) ? colours.muted
      : is_better(measure, value[0]) ? colours.good : colours.failure;
    return { ...candidate, value, colour };
  });
  const clear = others.filter(({ value }) => is_clear(value));
  const better = clear.filter(({ value }) => is_better(measure, value[0]));
  const where = cohorts[shown.cohort].cohort;
  return {
    option: {
      ...row_axes(colours, width, { names: others.map(({ name }) => name), value_axis,
        title: `difference, ${is_share(measure) ? "percentage points" : unit_of(measure)}` }),
      tooltip: item_tooltip(colours, ({ dataIndex }) => tooltip_lines(others[dataIndex].name, [
        { name: others[dataIndex].title },
        { name: "difference", value: interval(measure, others[dataIndex].value) }])),
      series: [{
        type: "custom", name: "difference", renderItem: whisker((i) => others[i].colour),
        encode: { x: [0, 2, 3], y: 1 },
        data: others.map(({ value: [mean, half] }, i) => [scaled(measure, mean), i,
          scaled(measure, mean - (half ?? 0)), scaled(measure, mean + (half ?? 0))]),
      }],
    },
    alt: `${measure.title} of ${where} against ${first.name}: ${better.length} of ` +
      `${others.length} clearly better` +
      `${better.length > 0 ? ` (${listed(better.map(({ name }) => name))})` : ""}, ` +
      `${clear.length - better.length} clearly worse.`,
    legend: [{ name: "clearly better", colour: colours.good },
      { name: "clearly worse", colour: colours.failure },
      { name: "not clear", colour: colours.muted }],
    data: {
      columns: ["candidate", `difference (${measure.unit})`, "95 % half-width"],
      rows: others.map(({ name, value }) => [name, value[0], value[1]]),
    },
  };
}

export function differences() {
  if (candidates.length < 2) return [element("p", {}, "There is nothing to compare with.")];
  const change = (key) => (value) => {
    shown[key] = Number(value);
    chart.redraw();
  };
  const chart = figure({
    id: "differences",
    title: "Differences from the first candidate",
    note: "Dots are means over the seeds, bars 95 % intervals of the difference, taken seed by " +
      "seed; grey where the interval holds 0.",
    height: 80 + (candidates.length - 1) * row_height,
    fixed_legend: true,
    controls: [
      choice("Measure", measure_list.map((measure, i) => [String(i), measure.title]),
        change("measure")),
      choice("Cohort", [[String(all), "all cohorts"],
        ...cohorts.slice(0, -1).map((cohort, i) => [String(i), cohort.cohort])],
      change("cohort")),
    ],
    draw: draw_differences,
  });
  return [chart];
}

// ---- availability against exposure --------------------------------------------------------------

const place_of = (name) => measure_list.findIndex((measure) => measure.name === name);
const failed = place_of("failed_lookups");
// What an answer may cost, as far as the comparison measures it.
const prices = [
  ["unvalidated_lookups", "lookups answered without validation", "not validated"],
  ["spoofed_lookups", "lookups answered with an attacker's data", "spoofed"],
  ["wrong_stale_lookups", "lookups answered with stale data that were wrong", "wrong"],
].map(([name, axis, short]) => ({ measure: place_of(name), axis, short }))
  .filter(({ measure }) => measure >= 0);
const priced = { by: 0 };

// Those that no other beats in one without losing in the other, by exposure.
function efficient(marks) {
  return marks
    .filter((mark) => !marks.some((other) => other.x <= mark.x && other.y <= mark.y &&
      (other.x < mark.x || other.y < mark.y)))
    .sort((a, b) => a.x - b.x || a.y - b.y);
}

function draw_tradeoff({ colours, width }) {
  const price = prices[priced.by];
  const marks = candidates.map(({ name, title }, c) => ({
    name, title,
    x: report.estimates[c][price.measure][all][0] * 100,
    y: report.estimates[c][failed][all][0] * 100,
  }));
  const frontier = efficient(marks);
  const widest = Math.max(...marks.map(({ x }) => x));
  const is_efficient = (mark) => frontier.includes(mark);
  const point = (mark) => ({
    value: [mark.x, mark.y], name: mark.name, title: mark.title,
    symbol: is_efficient(mark) ? "circle" : "emptyCircle",
    itemStyle: { color: is_efficient(mark) ? colours.good : colours.muted, opacity: 1 },
    label: { show: is_efficient(mark) || width > 700,
      position: mark.x > 0.6 * widest ? "left" : "right", color: colours.ink,
      fontSize: 11, formatter: mark.name, backgroundColor: colours.surface, padding: [1, 3] },
  });
  return {
    option: {
      grid: { ...grid, right: 24, bottom: 52 },
      xAxis: value_axis(colours, `exposure: ${price.axis}, %`, {
        nameLocation: "middle", nameGap: 30, nameTextStyle: { color: colours.muted },
        splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: colours.line } },
      }),
      yAxis: value_axis(colours, "lookups that failed, %"),
      tooltip: item_tooltip(colours, ({ data }) => (data.title ? tooltip_lines(data.name, [
        { name: data.title },
        { name: "failed", value: `${rate(data.value[1])} %` },
        { name: price.short, value: `${rate(data.value[0])} %` }]) : "")),
      series: [
        {
          type: "line", z: 1, name: "efficient frontier", step: "end", showSymbol: false,
          silent: true, data: frontier.map(({ x, y }) => [x, y]),
          lineStyle: { color: colours.good, width: 1.5, type: "dashed" },
        },
        { type: "scatter", z: 3, name: "candidates", symbolSize: 10, data: marks.map(point),
          labelLayout: { hideOverlap: true } },
      ],
    },
    alt: `Efficient are ${listed(frontier.map(({ name, x, y }) =>
      `${name} (${rate(y)} % failed, ${rate(x)} % ${price.short})`))}: no other candidate has ` +
      "fewer failures and no more exposure.",
    legend: [{ name: "efficient", colour: colours.good },
      { name: "another does as well in both", colour: colours.muted }],
    data: {
      columns: ["candidate", "failed lookups (%)", `${price.short} (%)`, "efficient"],
      rows: marks.map((mark) => [mark.name, +mark.y.toFixed(3), +mark.x.toFixed(3),
        is_efficient(mark) ? "yes" : "no"]),
    },
  };
}

export function tradeoff() {
  if (failed < 0 || prices.length === 0) {
    return [element("p", {}, "The comparison does not measure both.")];
  }
  const chart = figure({
    id: "tradeoff",
    title: "Availability against exposure",
    note: "Down and left is better. The dashed line joins the candidates that no other beats in " +
      "both; means over the seeds, all cohorts.",
    height: 420,
    fixed_legend: true,
    controls: prices.length < 2 ? [] : [
      choice("Exposure", prices.map(({ measure }, i) => [String(i), measure_list[measure].title]),
        (value) => {
          priced.by = Number(value);
          chart.redraw();
        }),
    ],
    draw: draw_tradeoff,
  });
  return [chart];
}
