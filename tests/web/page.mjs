// What the tests of this folder share: runs of the program, a browser, and eyes on a page.
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const program = process.env.ZONEFALL;
export const shots = process.env.ZONEFALL_SHOTS; // the folder for screenshots
export const small = "tests/system/scenarios/small.yaml";
export const folder = await mkdtemp(join(tmpdir(), "zonefall-web-"));

export async function zonefall(...words) {
  const done = await promisify(execFile)(program, words, { maxBuffer: 1 << 28 });
  return done.stdout;
}

// A run and its page. Returns the page's path.
export async function made(name, scenario, ...options) {
  const results = join(folder, `${name}.sqlite`);
  await zonefall("run", scenario, "-o", results, "--overwrite", ...options).catch((failure) => {
    if (failure.code !== 1) throw failure; // an expectation that fails is none of our business
  });
  const page = join(folder, `${name}.html`);
  await zonefall("report", results, "-o", page);
  return page;
}

export const results_of = (page) => page.replace(/html$/, "sqlite");

export async function data_of(page) {
  const text = await readFile(page, "utf8");
  return JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(text)[1]);
}

function executable() {
  for (const place of process.env.PATH.split(":")) {
    for (const name of ["chromium", "chromium-browser"]) {
      try {
        accessSync(join(place, name), constants.X_OK);
        return join(place, name);
      } catch { /* the next one */ }
    }
  }
  throw new Error("there is no chromium; tools/setup --tests installs it");
}

export function start_browser() {
  const is_root = process.getuid() === 0;
  return chromium.launch({ executablePath: executable(), args: [
    ...(is_root ? ["--no-sandbox"] : []), "--disable-dev-shm-usage"] });
}

// Opens a page until all its figures are drawn. `faults` collects what must not happen on it.
export async function opened(browser, path, { width = 1280, scheme = "light" } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 },
    colorScheme: scheme, acceptDownloads: true });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.stack}`));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  const url = pathToFileURL(path).href;
  page.on("request", (request) => {
    const is_inside = request.url().split("#")[0] === url || /^(data|blob):/.test(request.url());
    if (!is_inside) faults.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  await page.waitForFunction(() => document.documentElement.dataset.drawn, null,
    { timeout: 30_000 });
  return { page, faults };
}

// Opens all that can be opened. A figure's data are written once the browser has told of it.
export async function open_details(page) {
  await page.locator("details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
  await page.waitForFunction(() => [...document.querySelectorAll("figure details")]
    .every((one) => one.querySelector("tbody tr")));
}

// How far what is on the page sticks out of it to the right, in px.
export function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

// What axe-core finds that is serious or critical, as lines.
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export async function accessibility_faults(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document,
    { resultTypes: ["violations"] }));
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}
