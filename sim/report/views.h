// The views that a schema documents: questions that a result file answers by itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zonefall::report {

struct View {
  std::string name;
  std::string meaning;  // the comment above it, as one line; "" if there is none
};

/// In the order of `schema`, the text of outcome::schema_sql() or outcome::comparison_sql().
std::vector<View> documented_views(std::string_view schema);

}  // namespace zonefall::report
