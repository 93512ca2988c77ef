// Goal: the HTML report is a page that works: offline, in a real browser, on wide and narrow, light
// and dark screens, by keyboard, for screen readers, and whatever texts the scenario holds.
import assert from "node:assert/strict";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { accessibility_faults, data_of, folder, made, open_details, opened, overflow, results_of,
  shots, small, start_browser, zonefall } from "./page.mjs";

let browser;
let report; // of a run with a sampled lookup that failed in validation

// Samples are few: the first seed that has what the page explains.
async function explained_report() {
  for (const seed of [23, ...Array(60).keys()]) {
    const path = await made("explained", small, "--seed", String(seed));
    const { samples, outcomes } = await data_of(path);
    const is_explained = samples.some((sample) =>
      outcomes[sample.outcome].is_failure && sample.explanation.includes(": bogus: "));
    if (is_explained) return path;
  }
  throw new Error("no seed gives a sample that fails");
}

before(async () => {
  if (shots) await mkdir(shots, { recursive: true });
  [report, browser] = await Promise.all([explained_report(), start_browser()]);
});
after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

const close = (page) => page.context().close();
const figure_ids = ["timeline", "outcomes", "classes", "load", "recovery", "ede", "chain"];
const picture = (page, id) => page.locator(`#${id} .picture`);

test("it is one small file that holds all it needs", async () => {
  const text = await readFile(report, "utf8");
  assert.ok(text.length < 3 * 1024 * 1024, `${text.length} octets`);
  assert.match(text, /Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/);
  assert.doesNotMatch(text, /<(link|img|iframe)[^>]*(src|href)=["']?(https?:)?\/\//);
});

test("every figure is drawn, said in words, and has a table", async () => {
  const { page, faults } = await opened(browser, report);
  const ids = await page.locator("figure").evaluateAll((all) => all.map((one) => one.id));
  assert.deepEqual(ids, figure_ids);
  for (const id of ids) {
    // A drawn thing is a path or box that covers more than an axis does.
    const shapes = await picture(page, id).locator("path, rect").evaluateAll((all) =>
      all.filter((one) => one.getAttribute("fill") !== "transparent")
        .map((one) => one.getBBox()).filter(({ width, height }) => width * height > 30).length);
    assert.ok(shapes >= 2, `${id} has ${shapes} shapes`);
    const words = await picture(page, id).getAttribute("aria-label");
    assert.match(words, /[a-z].*\. .*\./, id);
    await page.locator(`#${id} details summary`).click();
    const rows = page.locator(`#${id} details tbody tr`);
    await rows.first().waitFor();
    assert.ok(await rows.count() >= 2, `${id} has no rows`);
  }
  assert.deepEqual(faults, []);
  await close(page);
});

test("numbers are those of the database", async () => {
  const { run } = JSON.parse(await zonefall("report", results_of(report), "-f", "json"));
  const { page } = await opened(browser, report);
  const number = async (pattern) => {
    const words = await page.locator("#outcomes .alt").textContent();
    return Number(pattern.exec(words)[1].replaceAll(",", ""));
  };
  assert.equal(await number(/^Of ([\d,]+) lookups of all cohorts/), Math.round(run.lookups));
  await page.getByLabel("client queries").check();
  assert.equal(await number(/^Of ([\d,]+) queries of all cohorts/), Math.round(run.queries));
  await close(page);
});

test("legend, zoom and switches change the picture, and back", async () => {
  const { page, faults } = await opened(browser, report);
  // Shapes and words; their order in the SVG is not what a reader sees.
  const drawn = () => picture(page, "outcomes").locator("path, text").evaluateAll((all) =>
    all.map((one) => `${one.getAttribute("d")} ${one.getAttribute("fill")} ${one.textContent}`)
      .sort().join("\n"));
  const at_first = await drawn();
  const there_and_back = async (there, back) => {
    await there();
    assert.ok(await drawn() !== at_first, `${there} changes nothing`);
    await back();
    assert.ok(await drawn() === at_first, `${back} does not lead back`);
  };
  const legend = page.locator("#outcomes .legend button").first();
  await there_and_back(() => legend.click(), () => legend.click());
  await legend.click();
  assert.equal(await legend.getAttribute("aria-pressed"), "false");
  await legend.click();
  const button = (name) => page.locator("#outcomes").getByRole("button", { name });
  await there_and_back(() => button(/^Zoom in/).click(), () => button(/^All of the run/).click());
  const box = (name) => page.locator("#outcomes").getByRole("radio", { name });
  await there_and_back(() => box("client queries").check(),
    () => box("lookups").check());
  await there_and_back(() => box("numbers").check(), () => box("shares").check());
  const cohort = page.locator("#outcomes select");
  await there_and_back(() => cohort.selectOption({ label: "isp-unbound" }),
    () => cohort.selectOption({ label: "all cohorts" }));
  await page.locator("#load").getByRole("radio", { name: "site" }).check();
  assert.match(await page.locator("#load .legend").textContent(), /a-2 \(a\.nic\.xy\.\)/);
  assert.deepEqual(faults, []);
  await close(page);
});

// Whoever saves a figure, or reads it as the test above does, waits for no frame of the browser.
test("a zoom is drawn within its click", async () => {
  const { page, faults } = await opened(browser, report);
  const frames = await page.locator("#outcomes").evaluate((figure) => {
    const drawn = () => figure.querySelector(".picture svg").outerHTML;
    const click = (name) => figure.querySelector(`button[aria-label^="${name}"]`).click();
    const at_first = drawn();
    return ["Zoom in", "Later", "All of the run"].map((name) => {
      click(name);
      return drawn();
    }).concat(at_first);
  });
  assert.equal(new Set(frames.slice(0, 3)).size, 3);
  assert.notEqual(frames[0], frames[3]);
  assert.deepEqual(faults, []);
  await close(page);
});

test("a figure is saved as PNG, SVG and CSV", async () => {
  const { page, faults } = await opened(browser, report);
  const saved = async (id, form) => {
    const waiting = page.waitForEvent("download");
    await page.locator(`#${id}`).getByRole("button", { name: `Save ` }).filter({ hasText: form })
      .click();
    const download = await waiting;
    const path = join(folder, download.suggestedFilename());
    await download.saveAs(path);
    return { name: download.suggestedFilename(), content: await readFile(path) };
  };
  for (const id of ["outcomes", "chain"]) {
    const png = await saved(id, "PNG");
    assert.equal(png.name, `zonefall-${id}.png`);
    assert.equal(png.content.subarray(1, 4).toString(), "PNG");
    assert.ok(png.content.readUInt32BE(16) > 600 && png.content.length > 10_000);
    const svg = (await saved(id, "SVG")).content.toString();
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 /);
    assert.match(svg, id === "chain" ? /is broken/ : /SERVFAIL: validation failed/);
    const csv = (await saved(id, "CSV")).content.toString().split("\r\n");
    assert.ok(csv.length > 5);
    if (id === "outcomes") assert.match(csv[1], /^2026-05-05T19:00:00Z,[\d.,]+$/);
  }
  assert.deepEqual(faults, []);
  await close(page);
});

test("headings, landmarks and the keyboard lead through it", async () => {
  const { page } = await opened(browser, report);
  const levels = await page.locator("h1, h2, h3, h4").evaluateAll((all) =>
    all.map((one) => Number(one.tagName[1])));
  assert.equal(levels.filter((level) => level === 1).length, 1);
  levels.forEach((level, i) => assert.ok(i === 0 || level <= levels[i - 1] + 1, levels.join()));
  for (const landmark of ["main", "navigation", "banner", "contentinfo"]) {
    assert.equal(await page.getByRole(landmark).count(), 1, landmark);
  }
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the report");
  await page.keyboard.press("Tab");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(outline, "solid");
  const zoom = page.locator("#timeline").getByRole("button", { name: /^Zoom in/ });
  const before_zoom = await picture(page, "timeline").textContent();
  await zoom.focus();
  await page.keyboard.press("Enter");
  assert.notEqual(await picture(page, "timeline").textContent(), before_zoom);
  await close(page);
});

for (const width of [1280, 390]) {
  for (const scheme of ["light", "dark"]) {
    test(`it fits ${width} px, ${scheme}`, async () => {
      const { page, faults } = await opened(browser, report, { width, scheme });
      const background = await page.evaluate(() =>
        getComputedStyle(document.documentElement).backgroundColor);
      assert.equal(background, scheme === "dark" ? "rgb(20, 24, 28)" : "rgb(255, 255, 255)");
      assert.equal(await overflow(page), 0);
      if (shots) {
        await page.screenshot({ path: join(shots, `small-${width}-${scheme}.png`),
          fullPage: true });
      }
      // It takes seconds: both widths and both schemes, not each of one with each of the other.
      const is_wide = width > 1000;
      const is_judged = is_wide === (scheme === "light");
      if (!is_wide) await open_details(page);
      assert.equal(await overflow(page), 0);
      assert.deepEqual(is_judged ? await accessibility_faults(page) : [], []);
      assert.deepEqual(faults, []);
      await close(page);
    });
  }
}

test("it can be printed", async () => {
  const { page, faults } = await opened(browser, report, { scheme: "dark" });
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("#outcomes .controls").isVisible(), false);
  assert.equal(await page.locator("#outcomes .picture").isVisible(), true);
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  const width = await page.locator("#outcomes svg").first().evaluate((svg) =>
    svg.getBoundingClientRect().width);
  assert.ok(width <= 42 * 16, `a chart of ${width} px on paper`);
  assert.equal(await page.evaluate(() =>
    getComputedStyle(document.documentElement).backgroundColor), "rgb(255, 255, 255)");
  const pdf = await page.pdf({ format: "A4" });
  assert.ok(pdf.length > 20_000);
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  assert.equal(await page.evaluate(() => document.documentElement.className), "");
  if (shots) await writeFile(join(shots, "small.pdf"), pdf);
  assert.deepEqual(faults, []);
  await close(page);
});

test("a run in which nothing fails has a page too", async () => {
  const path = await made("quiet", small, "--counterfactual", "one-pair-for-all");
  const { page, faults } = await opened(browser, path);
  assert.match(await page.locator("#summary").textContent(), /[Nn]one of [\d,]+ lookups failed/);
  assert.match(await page.locator("#reproduce").textContent(), /one-pair-for-all/);
  assert.deepEqual(faults, []);
  await close(page);
});

test("hostile texts stay texts", async () => {
  const attack = "</script><img src=x onerror=globalThis.harmed=1><!--<script>{{DATA}}";
  const words = (await readFile(small, "utf8"))
    .replace(/^title: .*$/m, `title: "${attack}"`)
    .replace("source: chosen for tests", `source: "${attack}"`)
    .replace("the new key signs", `"${attack}"`)
    .replaceAll("isp-bind", `"${attack}"`)
    .replaceAll(/statement: .*/g, `statement: "${attack}"`)
    .replace("title: One pair for all HSMs", `title: "${attack}"`);
  const scenario = join(folder, "hostile.yaml");
  await writeFile(scenario, words);
  await cp(join(dirname(small), "profiles"), join(folder, "profiles"), { recursive: true });
  const path = await made("hostile", scenario);
  const { page, faults } = await opened(browser, path);
  assert.equal(await page.locator("h1").textContent(), attack);
  assert.ok((await page.title()).startsWith(attack));
  assert.ok(await page.getByText(attack).count() > 5);
  assert.equal(await page.locator("img").count(), 0);
  await open_details(page);
  await picture(page, "timeline").hover({ position: { x: 300, y: 100 } });
  await page.locator("#outcomes select").selectOption({ label: attack });
  assert.equal(await page.evaluate(() => globalThis.harmed), undefined);
  assert.equal(await overflow(page), 0);
  assert.deepEqual(faults, []);
  await close(page);
});
