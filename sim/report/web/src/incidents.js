// The page of several runs side by side.
import { left_out } from "./sections/ground.js";
import { curves, figures, reproduce_incidents } from "./sections/incidents.js";
import { summary } from "./sections/summary.js";

// [id, title, function that returns the content], in the order of the page.
export const sections = [
  ["summary", "Summary", () => summary("")],
  ["over-time", "Hour by hour", curves],
  ["side-by-side", "Side by side", figures],
  ["left-out", "What is not modelled", left_out],
  ["reproduce", "How to reproduce", reproduce_incidents],
];
