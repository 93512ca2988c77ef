// Numbers and instants as people read them; the forms of sim/report/text.cpp.

export function count(n) {
  if (n > 0 && n < 0.5) return "<1";
  return Math.round(n).toLocaleString("en-GB");
}

export function percent(share) {
  if (share === null || share === undefined) return "-";
  if (share > 0 && share < 0.0005) return "<0.1 %";
  if (share < 1 && share >= 0.9995) return ">99.9 %";
  return share === 0 ? "0 %" : `${(share * 100).toFixed(1)} %`;
}

// Three significant digits, or all before the point.
export function rate(n) {
  if (n === null || n === undefined) return "-";
  if (n >= 100 || n === 0) return count(n);
  return n.toFixed(n >= 10 ? 1 : n >= 1 ? 2 : 3);
}

const iso = (ms) => new Date(ms).toISOString();
export const clock = (ms) => iso(ms).slice(11, 16);
export const day_and_clock = (ms) => `${iso(ms).slice(5, 10)} ${iso(ms).slice(11, 16)}`;
export const long_time = (ms) => `${iso(ms).slice(0, 19)}Z`;

export function minutes(n) {
  return n === null || n === undefined ? "-" : `${rate(n)} min`;
}

// "a", "a and b", "a, b and c".
export function listed(words) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

export function plural(n, one, many = `${one}s`) {
  return `${count(n)} ${n === 1 ? one : many}`;
}
