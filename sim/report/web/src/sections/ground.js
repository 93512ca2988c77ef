// What a replay rests on: assumptions, and what is left out.
import { details, element, table } from "../dom.js";
import { count, plural } from "../format.js";
import { report } from "../report.js";

const { facts } = report;
const { events = [] } = report.tables;

// ---- assumptions --------------------------------------------------------------------------------

function confidence_words() {
  const by = facts.values_by_confidence;
  const known = ["measured", "reported", "derived", "assumed"].filter((name) => by[name]);
  return `The scenario gives ${known.map((name) => `${count(by[name])} values as ${name}`)
    .join(", ")}; ${plural(facts.defaults, "value")} of zonefall's own defaults stand.`;
}

function uncertain() {
  if (facts.uncertainties.length === 0) return null;
  return table("What is uncertain",
    [{ title: "Setting", heads_row: true }, { title: "Why it is uncertain", wide: true },
      { title: "Other values that are plausible", wide: true }],
    facts.uncertainties.map((each) =>
      [element("code", {}, each.path), each.why, each.values.join("; ")]));
}

function assumed_events() {
  const assumed = events.filter((event) => event.confidence === "assumed");
  if (assumed.length === 0) return null;
  return details(`Events that are assumed: ${assumed.length}`, table("Events that are assumed",
    [{ title: "At (UTC)" }, { title: "Who" }, { title: "What", wide: true },
      { title: "Source", wide: true }],
    assumed.map((event) => [event.at, event.actor, event.what, event.source])));
}

// By the part of the scenario that they stand in.
function assumed_values() {
  const parts = new Map();
  for (const each of facts.assumptions) {
    const part = /^[^.[]*/.exec(each.path)[0];
    parts.set(part, [...(parts.get(part) ?? []), each]);
  }
  return [...parts].map(([part, values]) =>
    details(`Assumed in ${part}: ${plural(values.length, "value")}`,
      table(`Assumed values in ${part}`,
        [{ title: "Setting", heads_row: true }, { title: "Value", wide: true },
          { title: "Source", wide: true }],
        values.map((each) => [element("code", {}, each.path), each.value, each.source]))));
}

export function assumptions() {
  if (!facts.is_readable) {
    return [element("p", {}, "The scenario inside the result file cannot be read as YAML, so its " +
      "assumptions cannot be listed.")];
  }
  return [element("p", {}, confidence_words()), uncertain(), assumed_events(), assumed_values()];
}

export function left_out() {
  return [element("ul", {}, report.not_modelled.map((words) => element("li", {}, words)))];
}
