// Changes to a YAML tree: "path = value", for policies, counterfactuals and the command line.
#pragma once

#include <string_view>

#include "scenario/yaml_tree.h"
#include "zonefall/core/result.h"

namespace zonefall::scenario {

/// "path = value" sets, "path += value" adds an item to a list, "path = ~" removes. The path is
/// made of keys, "[position]", "[name]", where an item's name is the value of its first key but
/// `source` and `confidence`, and "[*]", which means each item of the list. The value is YAML on
/// one line. All but the last step must exist, blocks of settings apart, which are made. What is
/// changed is marked with the change's `number`: that is the place of what turns out to be wrong
/// with it. Messages do not repeat the change.
Status change_yaml(YamlNode& root, std::string_view text, std::uint32_t number);

}  // namespace zonefall::scenario
