// Score: the published facts that the run was held against.
import { element, table } from "../dom.js";
import { report } from "../report.js";

const { facts } = report;
const titles = Object.fromEntries(facts.counterfactuals.map((each) => [each.name, each]));

// "0.9547 (expected 0.2 to 1)": what the run gave, and the threshold.
function parts(measured) {
  const found = /^(.*) \(expected (.*)\)$/.exec(measured);
  return found ? { value: found[1].replace(/\.?0+$/, "") || "0", threshold: found[2] }
    : { value: measured, threshold: "-" };
}

function verdict(passed) {
  return element("span", { class: `verdict ${passed ? "passed" : "failed"}` },
    passed ? "\u2713 came out" : "\u2717 did not");
}

function counterfactual(id) {
  const name = facts.counterfactual_of[id];
  if (!name) return "-";
  const found = titles[name];
  return found ? element("span", { title: found.changes.join("\n") }, found.title) : name;
}

function score_table(caption, expectations, is_consequence) {
  const columns = [{ title: "Verdict" }, { title: "What is expected", heads_row: true, wide: true },
    { title: "Value", right: true }, { title: "Threshold" },
    ...(is_consequence ? [{ title: "Must fail if (counterfactual)", wide: true }] : []),
    { title: "Published, and where", wide: true }];
  return table(caption, columns, expectations.map((each) => {
    const { value, threshold } = parts(each.measured);
    return [verdict(each.passed), each.statement, value, threshold,
      ...(is_consequence ? [counterfactual(each.id)] : []),
      [each.published, element("div", { class: "source" }, `${each.source} (${each.confidence})`)]];
  }));
}

function tally(title, expectations) {
  const passed = expectations.filter((each) => each.passed).length;
  return element("div", { class: "tally" },
    element("b", {}, `${passed} of ${expectations.length}`), element("span", {}, title),
    element("meter", { min: "0", max: String(expectations.length), value: String(passed),
      "aria-label": `${title}: ${passed} of ${expectations.length}` }));
}

export function score() {
  const all = report.tables.expectations;
  if (all.length === 0) return [element("p", {}, "The scenario expects nothing.")];
  // What did not come out first: it says where the replay is wrong.
  const of_kind = (kind) => all.filter((each) => each.kind === kind)
    .sort((a, b) => Number(a.passed) - Number(b.passed));
  const consequences = of_kind("consequence");
  const echoes = of_kind("echo");
  return [
    element("p", {}, "Consequences must follow from the mechanism: each has a counterfactual, a " +
      "change to the scenario under which it must not come out, so that it cannot come out by " +
      "chance. Echoes only repeat an input and show that it arrived. What does not come out as " +
      "published is shown as such; nothing was tuned to it."),
    element("div", { class: "tallies" },
      tally("consequences came out", consequences), tally("echoes came out", echoes)),
    consequences.length > 0 ? score_table("Consequences", consequences, true) : null,
    echoes.length > 0 ? score_table("Echoes", echoes, false) : null,
  ];
}
