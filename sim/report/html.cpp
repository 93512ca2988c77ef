#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/analysis.h"
#include "report/comparison_data.h"
#include "report/comparison_page.h"
#include "report/incidents.h"
#include "report/page_data.h"
#include "report/run_data.h"
#include "report/text.h"
#include "report/web_assets.h"
#include "zonefall/outcome/comparison_store.h"
#include "zonefall/report/report.h"

namespace zonefall::report {
namespace {

/// JSON inside <script>: without `<` nothing in it can end the element or open a comment.
std::string script_json(const Json& json) {
  std::string escaped;
  for (const char c : dump(json, -1)) {
    if (c == '<') {
      escaped += "\\u003c";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

using Filling = std::pair<std::string_view, std::string_view>;

/// The template with each {{NAME}} replaced, in one go: what is filled in is not looked at again.
std::string fill(std::string_view text, const std::array<Filling, 5>& fillings) {
  std::string page;
  while (!text.empty()) {
    const std::size_t at = text.find("{{");
    page += text.substr(0, at);
    if (at == std::string_view::npos) return page;
    text.remove_prefix(at);
    const Filling* found = nullptr;
    for (const Filling& filling : fillings) {
      if (text.starts_with(filling.first)) found = &filling;
    }
    ZF_ASSERT(found != nullptr);  // the template is ours
    page += found->second;
    text.remove_prefix(found->first.size());
  }
  return page;
}

std::string page(std::string_view kind, const std::string& title, const Json& data) {
  const std::string heading = escape_xml(title);
  const std::string json = script_json(data);
  return fill(page_template, {{{"{{KIND}}", kind},
                               {"{{TITLE}}", heading.empty() ? "Untitled" : heading},
                               {"{{STYLE}}", page_style},
                               {"{{DATA}}", json},
                               {"{{SCRIPT}}", page_script}}});
}

}  // namespace

Result<std::string> html_report(const std::string& path) {
  if (outcome::is_comparison(path)) {
    const Result<ComparisonData> read = read_comparison(path);
    if (!read) return read.error();
    return page("What would have helped: a comparison", read.value().about("scenario_title"),
                comparison_page(read.value(), path));
  }
  const Result<RunData> run = read_run(path);
  if (!run) return run.error();
  return page("Replay of a DNS outage", run.value().about("scenario_title"),
              page_data(run.value(), analyse(run.value()), path));
}

Result<std::string> html_incidents(const std::vector<std::string>& paths) {
  ZF_ASSERT(paths.size() > 1);
  std::vector<Incident> incidents;
  std::vector<std::string> titles;
  for (const std::string& path : paths) {
    Result<RunData> run = read_run(path);
    if (!run) return run.error();
    std::string title = clean_line(run.value().about("scenario_title"));
    const bool is_new = std::find(titles.begin(), titles.end(), title) == titles.end();
    if (is_new && !title.empty()) titles.push_back(std::move(title));
    Analysis analysis = analyse(run.value());
    incidents.push_back({path, std::move(run).value(), std::move(analysis)});
  }
  return page("Replays of DNS outages side by side", fmt::format("{}", fmt::join(titles, " / ")),
              incidents_page(incidents));
}

}  // namespace zonefall::report
