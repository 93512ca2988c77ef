#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "report/analysis.h"
#include "report/page_data.h"
#include "report/run_data.h"
#include "report/text.h"
#include "report/web_assets.h"
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
std::string fill(std::string_view text, const std::array<Filling, 4>& fillings) {
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

}  // namespace

Result<std::string> html_report(const std::string& path) {
  const Result<RunData> run = read_run(path);
  if (!run) return run.error();
  const std::string title = clean_line(run.value().about("scenario_title"));
  const std::string heading = escape_xml(title.empty() ? "Untitled run" : title);
  const std::string data = script_json(page_data(run.value(), analyse(run.value()), path));
  return fill(page_template, {{{"{{TITLE}}", heading},
                               {"{{STYLE}}", page_style},
                               {"{{DATA}}", data},
                               {"{{SCRIPT}}", page_script}}});
}

}  // namespace zonefall::report
