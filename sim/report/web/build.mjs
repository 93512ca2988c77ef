// Bundles the page of the HTML report: `node build.mjs OUTPUT.cpp`, called by CMake.
//
// Writes a C++ source with three strings: the page with its placeholders, its style, its script.
// They are raw strings in pieces, which every C++ compiler takes and none takes long over.
import { createHash } from "node:crypto";
import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2];
if (!output) throw new Error("usage: node build.mjs OUTPUT.cpp");

const echarts = JSON.parse(await readFile(join(folder, "node_modules/echarts/package.json")));
const licence =
  `/* Contains Apache ECharts ${echarts.version} (Apache License 2.0; Copyright The Apache ` +
  "Software Foundation) and zrender (BSD 3-Clause; Copyright Baidu Inc.). */";

// ASCII alone, so that no reader can take the page for text of another encoding.
const shared = { bundle: true, minify: true, write: false, charset: "ascii", logLevel: "warning" };
const script = await build({
  ...shared,
  entryPoints: [join(folder, "src/main.js")],
  format: "iife",
  target: ["es2020"],
  legalComments: "none",
  banner: { js: licence },
  define: { "process.env.NODE_ENV": '"production"' },
});
const style = await build({ ...shared, entryPoints: [join(folder, "src/style.css")] });
// The page's policy allows this script and no other.
const hash = createHash("sha256").update(script.outputFiles[0].text).digest("base64");
const template = await readFile(join(folder, "page.html"), "utf8");
const page = template.replace("@SCRIPT_HASH@", `sha256-${hash}`);

// Compilers bound the length of a string literal; what follows each other is one string to them.
const piece_length = 8000;
function cpp_string(text) {
  // Inside <script> and <style> only these could end the element too early.
  const pieces = [];
  for (let at = 0; at < text.length; at += piece_length) {
    pieces.push(`R"zonefall(${text.slice(at, at + piece_length)})zonefall"`);
  }
  return pieces.join("\n");
}
function checked(text, ends) {
  if (ends.test(text)) throw new Error(`the bundle contains ${ends}`);
  return text;
}

await writeFile(
  output,
  `// Made by sim/report/web/build.mjs from the files beside it.
#include "report/web_assets.h"

namespace zonefall::report {

const std::string_view page_template = ${cpp_string(page)};
const std::string_view page_style = ${cpp_string(checked(style.outputFiles[0].text, /<\//))};
const std::string_view page_script = ${cpp_string(
    checked(script.outputFiles[0].text, /<\/script|<!--/i))};

}  // namespace zonefall::report
`,
);
