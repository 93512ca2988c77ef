// How to make a run again.
import { element, table } from "../dom.js";
import { count } from "../format.js";
import { report } from "../report.js";

const { run, settings, changes } = report.tables;

function identity() {
  const setting = (key) => settings.find((each) => each.key === key)?.value;
  const rows = [
    ["Simulated time", `${run.from} to ${run.until}`],
    ["Seed", run.seed],
    ["Scale", run.scale],
    ["zonefall", run.version],
    ["Fingerprint", run.fingerprint],
    ["Content hash", run.content_hash],
    ["Scenario hash", run.scenario_hash],
    ["Baseline", setting("baseline")],
    ["Resolutions", count(run.resolutions)],
    ["Upstream exchanges", count(run.exchanges)],
    ["Simulated events", count(run.events)],
  ].filter(([, value]) => value);
  return element("dl", {}, rows.map(([name, value]) =>
    [element("dt", {}, name), element("dd", {}, value)]));
}

function changed() {
  if (changes.length === 0) {
    return element("p", {}, "The scenario file was run as it is, without changes.");
  }
  return table("Changes to the scenario file, the last word wins",
    [{ title: "By", heads_row: true }, { title: "What", wide: true }, { title: "The file says" }],
    changes.map((each) => [each.by === "set" ? "--set" : each.by,
      element("code", {}, each.what), each.instead_of ?? "-"]));
}

export function reproduce() {
  return [
    changed(),
    element("p", {}, "The result file holds the scenario with every default written out, and its " +
      "seed. These commands give the same results with the same version of zonefall:"),
    element("pre", { tabindex: "0" }, element("code", {}, report.reproduce)),
    element("p", {}, "The content hash must come out again."),
    identity(),
  ];
}
