// Of an ensemble: how far results reach when what nobody knows is drawn, and what moves them.
import { tooltip_lines, value_axis } from "../axes.js";
import { choice, table } from "../dom.js";
import { figure } from "../figure.js";
import { listed } from "../format.js";
import { interval, item_tooltip, row_axes, scaled, unit_of, whisker } from "../measure.js";
import { report } from "../report.js";
import { bands } from "./bands.js";

const { candidates, measures } = report.tables;
const drawn = report.spread; // none in a comparison, which has not these sections
const row_height = 26;
const measure_choices = measures.map((measure, i) => [String(i), measure.title]);
const text = (measure, value) => interval(measure, [value, null]);

// ---- how far ------------------------------------------------------------------------------------

const shown = { measure: 0 };

// What the least, the middle and the largest of the quantiles are.
function reach(c) {
  const values = drawn.quantiles[c][shown.measure];
  return { low: values[0], middle: values[Math.floor(values.length / 2)],
    high: values[values.length - 1] };
}
const quantile_name = (i) => `${drawn.permille.at(i) / 10} %`;

function draw_spread({ colours, width }) {
  const measure = measures[shown.measure];
  const rows = candidates.map(({ name, title }, c) => ({ name, title, ...reach(c) }));
  return {
    option: {
      ...row_axes(colours, width, { names: rows.map(({ name }) => name), value_axis,
        title: `${measure.title}, ${unit_of(measure)}` }),
      tooltip: item_tooltip(colours, ({ dataIndex: i }) => tooltip_lines(rows[i].name, [
        { name: rows[i].title }, { name: quantile_name(0), value: text(measure, rows[i].low) },
        { name: "median", value: text(measure, rows[i].middle) },
        { name: quantile_name(-1), value: text(measure, rows[i].high) }])),
      series: [{
        type: "custom", name: "spread", renderItem: whisker(() => colours.accent),
        encode: { x: [0, 2, 3], y: 1 },
        data: rows.map((row, i) => [scaled(measure, row.middle), i, scaled(measure, row.low),
          scaled(measure, row.high)]),
      }],
    },
    alt: `${measure.title} over ${drawn.members} members: ${listed(rows.slice(0, 6).map((row) =>
      `${row.name} from ${text(measure, row.low)} to ${text(measure, row.high)}`))} ` +
      `${unit_of(measure)}.`,
    legend: [],
    data: {
      columns: ["candidate", ...drawn.permille.map((n) => `${n / 10} % (${measure.unit})`)],
      rows: candidates.map(({ name }, c) => [name, ...drawn.quantiles[c][shown.measure]]),
    },
  };
}

function ranking_table() {
  const members = (c, m) => {
    const [less, , more] = drawn.rankings[c][m];
    return String(measures[m].more_is_better ? more : less);
  };
  const of_all_names = measures.map((_, m) => m).filter((m) => measures[m].names === "");
  return table(`Members, of ${drawn.members}, in which each is better than ${candidates[0].name}`,
    [{ title: "Candidate", heads_row: true, whole: true },
      ...of_all_names.map((m) => ({ title: measures[m].title, right: true }))],
    candidates.slice(1).map(({ name }, i) =>
      [name, ...of_all_names.map((m) => members(i + 1, m))]));
}

export function spread() {
  const chart = figure({
    id: "reach",
    title: "How far results reach when assumptions are drawn",
    note: `Bars reach from the ${quantile_name(0)} to the ${quantile_name(-1)} quantile of the ` +
      "members, dots are medians; all cohorts.",
    height: 80 + candidates.length * row_height,
    fixed_legend: true,
    controls: [choice("Measure", measure_choices, (measure) => {
      shown.measure = Number(measure);
      chart.redraw();
    })],
    draw: draw_spread,
  });
  return [chart, candidates.length > 1 ? ranking_table() : null,
    report.bands ? bands() : null];
}

// ---- what matters -------------------------------------------------------------------------------

const moved = { measure: 0, candidate: 0 };

// Of each uncertainty the values with the lowest and the highest mean, the widest apart first.
function swings() {
  const of = drawn.sensitivities.filter(([candidate, measure]) =>
    candidate === moved.candidate && measure === moved.measure);
  return drawn.uncertainties.map(({ path, values }, u) => {
    const means = of.filter((each) => each[2] === u)
      .map(([, , , value, mean]) => ({ mean, value: values[value] ?? String(value) }))
      .sort((a, b) => a.mean - b.mean);
    return { path, low: means[0], high: means[means.length - 1] };
  }).filter(({ low }) => low).sort((a, b) =>
    (b.high.mean - b.low.mean) - (a.high.mean - a.low.mean));
}

function draw_swings({ colours, width }) {
  const measure = measures[moved.measure];
  const rows = swings();
  const end = ({ value, mean }) => `${text(measure, mean)} at \u201c${value}\u201d`;
  const widest = rows[0];
  return {
    option: {
      ...row_axes(colours, width, { names: rows.map(({ path }) => path), value_axis,
        title: `${measure.title}, ${unit_of(measure)}` }),
      tooltip: item_tooltip(colours, ({ dataIndex: i }) => tooltip_lines(rows[i].path, [
        { name: "lowest mean", value: end(rows[i].low) },
        { name: "highest mean", value: end(rows[i].high) }])),
      series: [{
        type: "custom", name: "swing", encode: { x: [0, 2, 3], y: 1 },
        renderItem: whisker((i) => (rows[i].path === "run.seed" ? colours.muted : colours.accent)),
        data: rows.map(({ low, high }, i) => [scaled(measure, (low.mean + high.mean) / 2), i,
          scaled(measure, low.mean), scaled(measure, high.mean)]),
      }],
    },
    alt: widest ? `${measure.title} under ${candidates[moved.candidate].name}: ${widest.path} ` +
      `moves it most, from ${end(widest.low)} to ${end(widest.high)} (${unit_of(measure)}).`
      : "Nothing was drawn.",
    legend: [{ name: "an assumption", colour: colours.accent },
      { name: "chance (run.seed)", colour: colours.muted }],
    data: {
      columns: ["uncertainty", "lowest mean", "with", "highest mean", "with"],
      rows: rows.map(({ path, low, high }) => [path, low.mean, low.value, high.mean, high.value]),
    },
  };
}

export function assumptions_matter() {
  const change = (key) => (value) => {
    moved[key] = Number(value);
    chart.redraw();
  };
  const chart = figure({
    id: "swings",
    title: "What each assumption moves",
    note: "From the value with the lowest mean to that with the highest; the dot is half way. " +
      "What reaches no further than chance, the seed, need not matter.",
    height: 80 + drawn.uncertainties.length * row_height,
    fixed_legend: true,
    controls: [
      choice("Candidate", candidates.map(({ name }, i) => [String(i), name]),
        change("candidate")),
      choice("Measure", measure_choices, change("measure")),
    ],
    draw: draw_swings,
  });
  return [chart];
}
