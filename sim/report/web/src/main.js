// Puts the page together: one section after the other, contents above, then all figures are drawn.
// Pages of other kinds have other sections; theirs are never loaded.
import { element } from "./dom.js";
import { draw_figures } from "./figure.js";
import { report } from "./report.js";

function assemble(sections) {
  const main = document.getElementById("report");
  main.replaceChildren(...sections.map(([id, title, content]) =>
    element("section", { id, "aria-labelledby": `${id}-title` },
      element("h2", { id: `${id}-title` }, title), content())));
  document.getElementById("contents").append(element("ul", {}, sections.map(([id, title]) =>
    element("li", {}, element("a", { href: `#${id}` }, title)))));
  document.getElementById("colophon").append(element("p", {},
    `Made by zonefall report from a result file of zonefall ${report.tables.run.version}, ` +
    `content hash ${report.tables.run.content_hash}. Charts by Apache ECharts. Times are UTC.`));
  draw_figures();
}

const kinds = {
  run: () => import("./run.js"),
  comparison: () => import("./comparison.js"),
  incidents: () => import("./incidents.js"),
};
kinds[report.kind]().then(({ sections }) => assemble(sections));
