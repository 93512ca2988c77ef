// The first section: what the scenario is about, and what came out in a few sentences.
import { element } from "../dom.js";
import { report } from "../report.js";

export function summary(note) {
  return [
    report.facts.summary ? element("p", { class: "scenario" }, report.facts.summary) : null,
    element("ul", { class: "summary" },
      report.summary.map((sentence) => element("li", {}, sentence))),
    note ? element("p", { class: "note" }, note) : null,
  ];
}
