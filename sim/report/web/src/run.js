// The page of one run.
import { report } from "./report.js";
import { classes } from "./sections/classes.js";
import { errors } from "./sections/errors.js";
import { example } from "./sections/example.js";
import { assumptions, left_out } from "./sections/ground.js";
import { happened } from "./sections/happened.js";
import { hurt } from "./sections/hurt.js";
import { load } from "./sections/load.js";
import { recovery } from "./sections/recovery.js";
import { reproduce } from "./sections/reproduce.js";
import { score } from "./sections/score.js";
import { summary } from "./sections/summary.js";

const { scale } = report.tables.run;

// [id, title, function that returns the content], in the order of the page.
export const sections = [
  ["summary", "Summary", () => summary(scale === "1" ? ""
    : `Counts are those of the part that was simulated (scale ${scale}).`)],
  ["happened", "What happened", happened],
  ["hurt", "Who was hurt", hurt],
  ["names", "Which names were hurt", classes],
  ["score", "How the replay agrees with published facts", score],
  ["servers", "What servers had to bear", load],
  ["healing", "How resolvers recovered", recovery],
  ["errors", "What clients were told", errors],
  ["example", "One lookup that failed", example],
  ["assumptions", "What is assumed", assumptions],
  ["left-out", "What is not modelled", left_out],
  ["reproduce", "How to reproduce", reproduce],
];
