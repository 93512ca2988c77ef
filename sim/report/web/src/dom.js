// Elements made in one expression. Text only ever becomes text: no string here is read as HTML.

const svg_namespace = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== ""));
  return node;
}

// element("p", {class: "note"}, "text", other_element): attributes of null or false are left out,
// `onclick` and the like are listeners, children of null are left out.
export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg_element(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(svg_namespace, tag), attributes, children);
}

// A table in a box of its own that scrolls where the screen is narrow, by keyboard too.
// Columns: {title, right, wide, heads_row, whole: no line breaks}; a cell is text, an element, or a
// list of them.
export function table(caption, columns, rows) {
  const alignment = (column) => (column.right ? "right" : null);
  const head = element("tr", {}, columns.map((column) =>
    element("th", { scope: "col", class: alignment(column) }, column.title)));
  const body = rows.map((cells) =>
    element("tr", {}, cells.map((cell, i) => {
      const classes = [alignment(columns[i]), columns[i].wide && "wide",
        columns[i].whole && "whole"].filter(Boolean).join(" ");
      return element(columns[i].heads_row ? "th" : "td",
        { class: classes || null, scope: columns[i].heads_row ? "row" : null }, cell ?? "");
    })));
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    element("table", {}, element("caption", {}, caption),
      element("thead", {}, head), element("tbody", {}, body)));
}

export function details(summary, ...content) {
  return element("details", {}, element("summary", {}, summary), ...content);
}

// A labelled <select>; `choices` are [value, text], `choose` gets the value.
export function choice(label, choices, choose) {
  const select = element("select", { onchange: () => choose(select.value) },
    choices.map(([value, text]) => element("option", { value }, text)));
  return element("label", { class: "control" }, element("span", {}, label), select);
}

let switches = 0;

// One of a few, as radio buttons: the first is chosen.
export function one_of(label, choices, choose) {
  const name = `switch-${(switches += 1)}`;
  return element("fieldset", { class: "control" }, element("legend", {}, label),
    choices.map(([value, text], i) =>
      element("label", {},
        element("input", {
          type: "radio", name, value, checked: i === 0, onchange: () => choose(value),
        }), text)));
}
