// Colours and fonts for the charts, as style.css defines them; and word when they change.

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = [];

// How many colours style.css has for things in a row: --series-0 and so on. Things beyond them
// repeat the colours with other dashes.
const series_colours = 9;
const dashes = ["solid", "dashed", "dotted"];

export function theme() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: colour("ink"),
    muted: colour("muted"),
    line: colour("line"),
    surface: colour("surface"),
    failure: colour("outcome-bogus_servfail"),
    good: colour("outcome-secure"),
    accent: colour("accent"),
    font: style.fontFamily,
    // One colour for each outcome in all charts.
    outcome: (name) => colour(`outcome-${name}`) || colour("muted"),
    series: (number) => ({
      colour: colour(`series-${number % series_colours}`),
      dash: dashes[Math.floor(number / series_colours) % dashes.length],
    }),
  };
}

export function on_theme_change(listener) {
  listeners.push(listener);
}

const tell = () => listeners.forEach((listener) => listener());
dark.addEventListener("change", tell);

// Paper is white, whatever the screen is.
const set_paper = (is_paper) => {
  document.documentElement.classList.toggle("paper", is_paper);
  tell();
};
window.addEventListener("beforeprint", () => set_paper(true));
window.addEventListener("afterprint", () => set_paper(false));
