// Goal: the page of a comparison works as that of a run does, and shows what was compared.
import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { accessibility_faults, folder, open_details, opened, overflow, shots, small, start_browser,
  zonefall } from "./page.mjs";

let browser;

before(async () => {
  if (shots) await mkdir(shots, { recursive: true });
  browser = await start_browser();
});
after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

const policies = "policies = [{name: blind, title: Nobody validates, in_ensembles: true, " +
  "set: ['cohorts[*].knobs.validates = false']}, {name: as-before, title: Nothing changes, " +
  "in_comparisons: false, in_ensembles: true, set: ['network.rtt_min = 3 ms']}]";

test("a comparison has a page of its own", async () => {
  const results = join(folder, "policies.sqlite");
  await zonefall("compare", small, "-o", results, "--scale", "0.2", "--seeds", "1..2",
    "--set", policies, "--vary", "network.loss=0.5 %,1 %,20 %");
  const path = join(folder, "policies.html");
  await zonefall("report", results, "-o", path);
  const { page, faults } = await opened(browser, path, { width: 390 });
  const ids = await page.locator("figure").evaluateAll((all) => all.map((one) => one.id));
  assert.deepEqual(ids, ["differences", "sweep", "tradeoff", "curves"]);
  const names = ["as-it-was", "as-it-was with network.loss = 0.5 %",
    "blind with network.loss = 1 %"];
  for (const name of names) assert.ok(await page.getByText(name, { exact: true }).count() > 0);
  assert.match(await page.locator("#tradeoff .alt").textContent(), /^Efficient are .*blind/);
  const command = await page.locator("#reproduce pre").textContent();
  const options = '--policy blind \\\n  --vary "network.loss=0.5 %,1 %,20 %" \\\n';
  assert.ok(command.includes(options), command);
  assert.ok(command.includes("--seeds 1,2 --scale 0.2 "), command);
  await check_sweep(page);
  const shown = () => page.locator("#differences .picture").textContent();
  const at_first = await shown();
  await page.getByText("popular, signed names").first().waitFor();
  await page.locator("#differences select").first().selectOption({ label: "Stale answers" });
  assert.notEqual(await shown(), at_first);
  await open_details(page);
  assert.equal(await overflow(page), 0);
  assert.deepEqual(await accessibility_faults(page), []);
  if (shots) await page.screenshot({ path: join(shots, "comparison-390.png"), fullPage: true });
  assert.deepEqual(faults, []);
});

test("exposure can be what an attacker made of it", async () => {
  const results = join(folder, "attacked.sqlite");
  const policies = "policies = [{name: blind, title: Nobody validates, " +
    "set: ['cohorts[*].knobs.validates = false']}]";
  const attacker = "attacker = {position: off_path, popular: 20, from: 2026-05-05T19:00Z, " +
    "until: 2026-05-05T20:00Z, success: 20 %}";
  await zonefall("compare", small, "-o", results, "--scale", "0.2", "--seeds", "1..2",
    "--set", policies, "--set", attacker);
  const path = join(folder, "attacked.html");
  await zonefall("report", results, "-o", path);
  const { page, faults } = await opened(browser, path, { width: 1280 });
  const words = () => page.locator("#tradeoff .alt").textContent();
  assert.match(await words(), /% not validated/);
  await page.locator("#tradeoff select").selectOption({ label: "Spoofed answers" });
  assert.match(await words(), /% spoofed/);
  assert.equal(await page.getByText("since no population that clients ask for moves").count(), 1);
  assert.equal(await page.getByText("no attacker forges anything").count(), 0);
  assert.equal(await overflow(page), 0);
  assert.deepEqual(await accessibility_faults(page), []);
  assert.deepEqual(faults, []);
});

test("an ensemble shows how far assumptions reach", async () => {
  const results = join(folder, "ensemble.sqlite");
  const uncertain = "uncertain = [{path: network.loss, why: Nobody knows., values: [1 %, 2 %]}]";
  await zonefall("ensemble", small, "-o", results, "--scale", "0.2", "--seeds", "1..2",
    "--members", "4", "--set", uncertain, "--set", policies);
  const path = join(folder, "ensemble.html");
  await zonefall("report", results, "-o", path);
  const { page, faults } = await opened(browser, path, { scheme: "dark" });
  assert.match(await page.locator("#reach .alt").textContent(), /over 4 members: as-it-was from/);
  const at_first = await page.locator("#swings .picture").textContent();
  for (const path of ["network.loss", "run.seed"]) assert.ok(at_first.includes(path));
  await page.locator("#swings select").last().selectOption({ label: "Queries of clients" });
  assert.notEqual(await page.locator("#swings .picture").textContent(), at_first);
  await check_bands(page);
  assert.equal(await overflow(page), 0);
  assert.deepEqual(await accessibility_faults(page), []);
  if (shots) await page.screenshot({ path: join(shots, "ensemble-dark.png"), fullPage: true });
  assert.deepEqual(faults, []);
});

test("runs have a page side by side", async () => {
  const runs = [];
  for (const [name, ...options] of [["real"], ["spared", "--counterfactual", "one-pair-for-all"]]) {
    const results = join(folder, `${name}.sqlite`);
    await zonefall("run", small, "-o", results, "--overwrite", ...options);
    runs.push(results);
  }
  const path = join(folder, "both.html");
  await zonefall("report", ...runs, "-o", path);
  const { page, faults } = await opened(browser, path, { width: 390 });
  const figure = page.locator("#incidents");
  const alt = () => figure.locator(".alt").textContent();
  assert.match(await alt(), /^Share of lookups that failed, hours since the first failure\. .* 0:/);
  await page.getByLabel("begin of the run").check();
  assert.match(await alt(), /hours since the begin of the run/);
  await figure.locator("select").selectOption({ label: "were answered with expired data" });
  assert.match(await alt(), /that were answered with expired data/);
  assert.equal(await page.locator("#side-by-side tbody tr").count(), 15);
  await open_details(page);
  assert.equal(await overflow(page), 0);
  assert.deepEqual(await accessibility_faults(page), []);
  if (shots) await page.screenshot({ path: join(shots, "incidents-390.png"), fullPage: true });
  assert.deepEqual(faults, []);
});

// Opens the data behind a figure. They are written once the browser has told of the opening, which
// may be after the click has returned.
async function open_data(figure) {
  await figure.locator("summary").click();
  await figure.locator("tbody tr").first().waitFor();
}

// The figure of a varied value: a curve for each policy, what is said of its knee, its data.
async function check_sweep(page) {
  const figure = page.locator("#sweep");
  const alt = () => figure.locator(".alt").textContent();
  assert.match(await alt(),
    /^Failed lookups against network\.loss \(as-it-was\): .*knee.*\(blind\): .*knee/);
  assert.match(await figure.locator(".picture").textContent(), /network\.loss, %/);
  await figure.locator("select").selectOption({ label: "Queries of clients" });
  assert.match(await alt(), /^Queries of clients against network\.loss/);
  await open_data(figure);
  assert.equal(await figure.locator("tbody tr").count(), 2 * 3);
  await figure.locator("summary").click();
}

// The figure of the bands: what it shows at first, its legend, its curves, its data.
async function check_bands(page) {
  const figure = page.locator("#bands");
  assert.match(await figure.locator(".alt").textContent(),
    /^Failing lookups over 4 members, median and 5 % to 95 %: under as-it-was at most [1-9]/);
  const areas = () => figure.locator(".picture path[fill-opacity='0.16']").count();
  assert.equal(await areas(), 4); // two candidates, each with an outer and an inner area
  const pressed = (name) => figure.getByRole("button", { name, exact: true })
    .getAttribute("aria-pressed");
  assert.deepEqual([await pressed("as-it-was"), await pressed("blind"),
    await pressed("as-before")], ["true", "true", "false"]);
  await figure.getByRole("button", { name: "as-before", exact: true }).click();
  assert.equal(await areas(), 6);
  await figure.locator("select").selectOption({ label: "Answers not validated" });
  assert.match(await figure.locator(".alt").textContent(), /^Answers not validated over 4 members/);
  await open_data(figure);
  assert.equal(await figure.locator("thead th").count(), 1 + 3 * 5);
  assert.equal(await figure.locator("tbody tr").count(), 12);
  await figure.locator("summary").click();
}
