// Changes to a YAML tree: "path = value", for policies, counterfactuals and the command line.
#pragma once

#include <string_view>

#include "scenario/yaml_tree.h"
#include "zonefall/core/result.h"

namespace zonefall::scenario {

/// The path is made of keys, "[position]" and "[name]", where an item's name is the value of its
/// first key but `source` and `confidence`. The value is YAML on one line; "~" removes. All but the
/// last step must exist. What is changed is marked with the change's `number`: that is the place of
/// what turns out to be wrong with it. Messages do not repeat the change.
Status change_yaml(YamlNode& root, std::string_view change, std::uint32_t number);

}  // namespace zonefall::scenario
