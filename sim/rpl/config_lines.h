// The config section of a script, for the sources of this module.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rpl/lines.h"

namespace zonefall::rpl {

struct ConfigLines {
  Dialect dialect = Dialect::testbound;
  std::vector<Option> options;
  std::map<std::string, ScriptFile> files = {};
};

/// Reads up to CONFIG_END; of a script without one (Deckard allows that), nothing. Without
/// `dialect` the section itself tells which it is: only testbound's has clauses.
Result<ConfigLines> read_config(Lines& lines, std::optional<Dialect> dialect);

}  // namespace zonefall::rpl
