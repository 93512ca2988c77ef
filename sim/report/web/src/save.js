// Exports: a chart as SVG and PNG with its title and legend, the data behind it as CSV. Everything
// is made in the page and handed to the browser as a Blob; nothing goes over a network.
import { element, svg_element } from "./dom.js";
import { theme } from "./theme.js";

function download(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = element("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

// RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe.
export function csv_text({ columns, rows }) {
  const cell = (value) => {
    let text = value === null || value === undefined ? "" : String(value);
    if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");
}

export function save_csv(name, data) {
  download(new Blob([csv_text(data)], { type: "text/csv" }), `${name}.csv`);
}

const margin = 16;
const line_height = 20;

// The picture with what the page shows around it: title above, legend below.
export function standalone_svg({ title, picture, legend }) {
  const colours = theme();
  const { width, height } = picture.viewBox.baseVal;
  const inner = picture.cloneNode(true);
  inner.setAttribute("x", margin);
  inner.setAttribute("y", margin + 2 * line_height);
  inner.setAttribute("width", width);
  inner.setAttribute("height", height);
  let x = margin;
  let y = margin + 2 * line_height + height + line_height;
  const entries = legend.map(({ name, colour }) => {
    const entry_width = 32 + name.length * 7;
    if (x > margin && x + entry_width > width) [x, y] = [margin, y + line_height];
    const entry = svg_element("g", {},
      svg_element("rect", { x, y: y - 10, width: 12, height: 12, fill: colour }),
      svg_element("text", { x: x + 18, y }, name));
    x += entry_width;
    return entry;
  });
  const all_height = y + margin;
  const all_width = width + 2 * margin;
  return svg_element("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${all_width} ${all_height}`, width: all_width, height: all_height,
    "font-family": colours.font, "font-size": 13, fill: colours.ink,
  },
  svg_element("rect", { width: all_width, height: all_height, fill: colours.surface }),
  svg_element("text", { x: margin, y: margin + 14, "font-weight": 600, "font-size": 15 }, title),
  inner, entries);
}

const svg_blob = (svg) =>
  new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" });

export function save_svg(name, content) {
  download(svg_blob(standalone_svg(content)), `${name}.svg`);
}

// Twice the size on the screen, so that it stays sharp on paper.
export async function save_png(name, content) {
  const svg = standalone_svg(content);
  const url = URL.createObjectURL(svg_blob(svg));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = element("canvas", { width: 2 * image.width, height: 2 * image.height });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    download(blob, `${name}.png`);
  } finally {
    URL.revokeObjectURL(url);
  }
}
