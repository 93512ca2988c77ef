// What each candidate changes, and how to make a comparison again.
import { element, table } from "../dom.js";
import { count } from "../format.js";
import { report } from "../report.js";

const { run, candidates, cohorts } = report.tables;

export function candidate_list() {
  return [table("Candidates and their changes to the scenario",
    [{ title: "Candidate", heads_row: true, whole: true }, { title: "In words", wide: true },
      { title: "Changes", wide: true }],
    candidates.map((candidate) => [candidate.name, candidate.title,
      candidate.changes.map((change) => element("div", {}, element("code", {}, change)))]))];
}

function identity() {
  const everyone = cohorts[cohorts.length - 1];
  const resolvers = `${count(everyone.simulated)} of ${count(everyone.resolvers)} resolvers`;
  const rows = [
    ["Simulated time", `${run.from} to ${run.until}`],
    ["Seeds", run.seeds.join(", ")],
    ["Scale", `${run.scale}: ${resolvers}`],
    ["zonefall", run.version],
    ["Content hash", run.content_hash],
    ["Scenario hash", run.scenario_hash],
  ];
  return element("dl", {}, rows.map(([name, value]) =>
    [element("dt", {}, name), element("dd", {}, value)]));
}

export function reproduce_comparison() {
  return [
    element("p", {}, "The result file holds the scenario with every default written out. These " +
      "commands give the same results with the same version of zonefall:"),
    element("pre", { tabindex: "0" }, element("code", {}, report.reproduce)),
    element("p", {}, "The content hash must come out again."),
    identity(),
  ];
}
