// The page of a comparison of policies.
import { report } from "./report.js";
import { differences, measures, tradeoff } from "./sections/candidates.js";
import { candidate_curves } from "./sections/candidate_curves.js";
import { assumptions, left_out } from "./sections/ground.js";
import { candidate_list, reproduce_comparison } from "./sections/reproduce_comparison.js";
import { assumptions_matter, spread } from "./sections/spread.js";
import { summary } from "./sections/summary.js";
import { sweep } from "./sections/sweep.js";

// [id, title, function that returns the content], in the order of the page.
export const sections = [
  ["summary", "Summary", () => summary("")],
  ["side-by-side", "Side by side", measures],
  ["saved", "What each would have saved or cost", differences],
  ...(report.sweeps.length > 0 ? [["sweeps", "What varying a value does", sweep]] : []),
  ["price", "Availability and exposure", tradeoff],
  ...(report.spread ? [
    ["spread", "If assumptions are otherwise", spread],
    ["matter", "Which assumptions matter", assumptions_matter],
  ] : []),
  ["over-time", "Failures over time", candidate_curves],
  ["candidates", "What each changes", candidate_list],
  ["assumptions", "What is assumed", assumptions],
  ["left-out", "What is not modelled", left_out],
  ["reproduce", "How to reproduce", reproduce_comparison],
];
