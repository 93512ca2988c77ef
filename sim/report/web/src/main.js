// Puts the page together: one section after the other, contents above, then all figures are drawn.
import { element } from "./dom.js";
import { draw_figures } from "./figure.js";
import { report } from "./report.js";
import { errors } from "./sections/errors.js";
import { example } from "./sections/example.js";
import { assumptions, left_out, reproduce } from "./sections/ground.js";
import { happened } from "./sections/happened.js";
import { hurt } from "./sections/hurt.js";
import { load } from "./sections/load.js";
import { recovery } from "./sections/recovery.js";
import { score } from "./sections/score.js";

function summary() {
  const { facts } = report;
  return [
    facts.summary ? element("p", { class: "scenario" }, facts.summary) : null,
    element("ul", { class: "summary" },
      report.summary.map((sentence) => element("li", {}, sentence))),
    report.tables.run.scale === "1" ? null : element("p", { class: "note" },
      `Counts are those of the part that was simulated (scale ${report.tables.run.scale}).`),
  ];
}

// A section is a function that returns its content. Order is that of the page.
const sections = [
  ["summary", "Summary", summary],
  ["happened", "What happened", happened],
  ["hurt", "Who was hurt", hurt],
  ["score", "How the replay agrees with published facts", score],
  ["servers", "What servers had to bear", load],
  ["healing", "How resolvers recovered", recovery],
  ["errors", "What clients were told", errors],
  ["example", "One lookup that failed", example],
  ["assumptions", "What is assumed", assumptions],
  ["left-out", "What is not modelled", left_out],
  ["reproduce", "How to reproduce", reproduce],
];

const main = document.getElementById("report");
main.replaceChildren(...sections.map(([id, title, content]) =>
  element("section", { id, "aria-labelledby": `${id}-title` },
    element("h2", { id: `${id}-title` }, title), content())));
document.getElementById("contents").append(element("ul", {}, sections.map(([id, title]) =>
  element("li", {}, element("a", { href: `#${id}` }, title)))));
document.getElementById("colophon").append(element("p", {},
  `Made by zonefall report from a result file of zonefall ${report.tables.run.version}, content ` +
  `hash ${report.tables.run.content_hash}. Charts by Apache ECharts. Times are UTC.`));

draw_figures();
