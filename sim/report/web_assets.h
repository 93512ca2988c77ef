// The page of the HTML report as sim/report/web/build.mjs bundles it: texts for html.cpp.
#pragma once

#include <string_view>

namespace zonefall::report {

/// Holds {{KIND}}, {{TITLE}}, {{STYLE}}, {{DATA}} and {{SCRIPT}}.
extern const std::string_view page_template;
extern const std::string_view page_style;
extern const std::string_view page_script;

}  // namespace zonefall::report
