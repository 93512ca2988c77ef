// A worked example: one lookup that failed, as a picture of its chain of trust and step by step.
import { need_of, verdict_of, zones_of } from "../chain.js";
import { choice, details, element, svg_element } from "../dom.js";
import { figure } from "../figure.js";
import { clock, day_and_clock } from "../format.js";
import { outcome_title, report } from "../report.js";

const samples = report.samples.filter((sample) => report.outcomes[sample.outcome].is_failure);
const explained = samples.filter(verdict_of);

// ---- the picture: boxes in a column, links between them -----------------------------------------

const box_height = 46;
const gap = 44;
const width_max = 640;
const character = 8.2; // px, of the bold text of a box

class Picture {
  constructor(colours, width) {
    this.colours = colours;
    this.width = Math.min(Math.max(width, 300), width_max);
    this.y = 4;
    this.parts = [];
    this.links = []; // for the table: what vouches for what, and whether it holds
  }

  text(x, y, words, more = {}) {
    this.parts.push(svg_element("text", { x, y, "text-anchor": "middle", ...more }, words));
  }

  // Cut in the middle, where names of hashes say least; the table has all of it.
  fitting(words, box_width) {
    const most = Math.floor((box_width - 12) / character);
    if (words.length <= most) return words;
    return `${words.slice(0, Math.ceil(most / 2) - 1)}\u2026${words.slice(-Math.floor(most / 2))}`;
  }

  // Boxes side by side; returns where each is. A box is {title, note, is_broken}.
  row(boxes) {
    const space = this.width / boxes.length;
    const placed = boxes.map((box, i) => {
      const x = space * i + space / 2;
      const box_width = Math.min(space - 8, boxes.length === 1 ? 400 : 240);
      this.parts.push(svg_element("rect", { x: x - box_width / 2, y: this.y, width: box_width,
        height: box_height, rx: 5, fill: this.colours.surface,
        stroke: box.is_broken ? this.colours.failure : this.colours.muted,
        "stroke-width": box.is_broken ? 2.25 : 1 }));
      this.text(x, this.y + 19, this.fitting(box.title, box_width), { "font-weight": 600 });
      this.text(x, this.y + 36, this.fitting(box.note, box_width), { fill: this.colours.muted,
        "font-size": 12 });
      return { ...box, x, top: this.y, bottom: this.y + box_height };
    });
    this.y += box_height + gap;
    return placed;
  }

  // From each of a few boxes to a lower one. What it says stands beside the first.
  link(from, to, words, holds, is_first = true) {
    const colour = holds ? this.colours.good : this.colours.failure;
    const [x1, y1, x2, y2] = [from.x, from.bottom, to.x, to.top];
    this.parts.push(svg_element("path", {
      d: `M${x1} ${y1}C${x1} ${y1 + 24} ${x2} ${y2 - 24} ${x2} ${y2 - 6}`, fill: "none",
      stroke: colour, "stroke-width": holds ? 2 : 2.5, "stroke-dasharray": holds ? null : "5 4",
    }), svg_element("path", { d: `M${x2 - 5} ${y2 - 8}l5 7l5 -7z`, fill: colour }));
    if (is_first) this.beside([x1, x2], y1, words, holds ? this.colours.muted : this.colours.ink);
    if (!holds) this.cross((x1 + x2) / 2, (y1 + y2) / 2 - 2);
    this.links.push([`${from.title} (${from.note})`, words, `${to.title} (${to.note})`,
      holds ? "holds" : "is broken"]);
  }

  // Words on that side of a link where there is more room, in two lines if they must.
  beside(xs, y, words, colour) {
    const [left, right] = [Math.min(...xs) - 16, Math.max(...xs) + 16];
    const is_right = this.width - right >= left;
    const most = Math.floor((is_right ? this.width - right : left) / 6.6);
    const lines = [""];
    for (const word of words.split(" ")) {
      const last = lines[lines.length - 1];
      if (last && last.length + word.length + 1 > most && lines.length < 2) lines.push(word);
      else lines[lines.length - 1] = last ? `${last} ${word}` : word;
    }
    lines.forEach((line, i) =>
      this.text(is_right ? right : left, y + (lines.length > 1 ? 19 : 26) + 15 * i, line,
        { "text-anchor": is_right ? "start" : "end", "font-size": 12, fill: colour }));
  }

  cross(x, y) {
    this.parts.push(
      svg_element("circle", { cx: x, cy: y, r: 9, fill: this.colours.failure }),
      svg_element("path", { d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`, stroke: this.colours.surface,
        "stroke-width": 2, fill: "none" }));
  }

  svg() {
    const height = this.y - gap + 4;
    return svg_element("svg", { viewBox: `0 0 ${this.width} ${height}`, width: this.width, height,
      class: "chain", "font-size": 13, fill: this.colours.ink }, this.parts);
  }
}

const zone_title = (zone) => (zone === "." ? "the root" : zone);
const tag_of = (key) => (key.tag === "0" ? key.label : key.tag); // 0: any tag will do

function key_box(key, verdict) {
  const is_split = key.generation === "once_per_hsm";
  const title = `${key.role.toUpperCase()} ${tag_of(key)} of ${zone_title(key.zone)}`;
  return { title, key,
    note: is_split ? "a pair in each HSM" : key.algorithm,
    is_broken: verdict.tag !== null && key.tag === verdict.tag };
}

// The keys of a zone: those that a DS or the trust anchor names sign those that sign the data.
function draw_zone(picture, { zone, entry, signing }, above, verdict) {
  const entries = picture.row(entry.map((key) => ({ ...key_box(key, verdict), is_broken: false })));
  const vouches = above.key ? `signs the DS RRset of ${zone_title(zone)}` : "names the key";
  entries.forEach((placed, i) => picture.link(above, placed, vouches, true, i === 0));
  const signers = picture.row(signing.map((key) => key_box(key, verdict)));
  const words = "signs the DNSKEY RRset";
  signers.forEach((placed) =>
    picture.link(entries[0], placed, words, true, signers.length !== 2 && placed === signers[0]));
  // Between two arrows there is room that none has beside it.
  if (signers.length === 2) {
    picture.text(picture.width / 2, signers[0].top - 7, words,
      { "font-size": 12, fill: picture.colours.muted });
  }
  return signers;
}

function chain(sample, colours, width) {
  const verdict = verdict_of(sample);
  const picture = new Picture(colours, width);
  let above = picture.row([{ title: "Trust anchor", note: "configured at the resolver" }]);
  for (const zone of zones_of(sample, verdict)) {
    if (zone.entry.length === 0 || zone.signing.length === 0) continue;
    above = draw_zone(picture, zone, above[0], verdict);
  }
  const signer = above.find((box) => box.is_broken) ?? above[0];
  const [data] = picture.row([{ title: `${verdict.owner} ${verdict.type}`,
    note: `${verdict.rfc}${verdict.ede ? `, EDE ${verdict.ede}` : ""}`, is_broken: true }]);
  picture.link(signer, data, verdict.reason, false);
  const [reply] = picture.row([{ title: "The client gets SERVFAIL", note: sample.question,
    is_broken: true }]);
  picture.link(data, reply, need_of(sample, verdict), false);
  return { picture, verdict };
}

// ---- the section --------------------------------------------------------------------------------

function steps(sample) {
  return details(`All ${sample.explanation.trim().split("\n").length - 1} steps of this lookup`,
    element("pre", { tabindex: "0" }, sample.explanation));
}

function story(sample, verdict) {
  const cohort = report.tables.cohorts[sample.cohort];
  return element("p", {}, `At ${day_and_clock(sample.at)} UTC a client of ${cohort.cohort} ` +
    `(${cohort.profile}) asked for ${sample.question} and ended with: ` +
    `${outcome_title(report.outcomes[sample.outcome].name)}. The resolver found ` +
    `${verdict.owner} ${verdict.type} bogus (${verdict.reason}), ` +
    `${need_of(sample, verdict)}.`);
}

export function example() {
  if (explained.length === 0) {
    const words = "None of the lookups that the run kept as samples failed in validation, so " +
      "there is none to show here. `zonefall query --explain` shows any lookup of the scenario.";
    const [sample] = report.samples;
    return [element("p", {}, words), sample ? steps(sample) : null];
  }
  let sample = explained[0];
  const box = element("div", {});
  const tell = () => box.replaceChildren(story(sample, verdict_of(sample)), steps(sample));
  const controls = explained.length === 1 ? [] : [choice("Lookup",
    explained.map((each, i) => [String(i), `${clock(each.at)} ${each.question}`]),
    (i) => {
      sample = explained[Number(i)];
      tell();
      chart.redraw();
    })];
  const chart = figure({
    id: "chain",
    title: "Where the chain of trust broke",
    note: "From the trust anchor down to the reply: keys as the scenario publishes them, and the " +
      "link that the sampled resolver could not verify.",
    controls,
    draw: ({ colours, width }) => {
      const { picture, verdict } = chain(sample, colours, width);
      return {
        picture: picture.svg(),
        alt: `Links hold from the trust anchor down to ${verdict.tag ? `key ${verdict.tag}`
          : "the zone's keys"}; the signature of ${verdict.owner} ${verdict.type} does not ` +
          `hold: ${verdict.reason}.`,
        legend: [{ name: "holds", colour: colours.good },
          { name: "is broken", colour: colours.failure, dash: "dashed" }],
        data: { columns: ["from", "link", "to", "state"], rows: picture.links },
      };
    },
  });
  tell();
  return [box, chart];
}
