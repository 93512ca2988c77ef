// YAML text as a tree of values with their places.
//
// A small part of YAML, so that a file reads as it is meant: one document, mappings with plain
// keys, sequences, scalars. Anchors, aliases and tags are refused (each value stands where it is
// read, and no file can blow up), as are duplicate keys, tabs in indentation, control characters
// and text that is not UTF-8. Size, depth and number of values are bounded. Never throws.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/problems.h"

namespace zonefall::scenario {

struct YamlMember;

struct YamlNode {
  enum class Kind : std::uint8_t { null, scalar, sequence, mapping };
  Kind kind = Kind::null;
  Mark at;
  std::string text;                 // of a scalar
  std::string changed_by;           // not from the file: the change that set it
  std::vector<YamlMember> members;  // of a mapping or (without keys) a sequence

  /// The value of a mapping's key, or null.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

struct YamlMember {
  std::string key;
  Mark key_at;
  YamlNode value;
};

/// "a mapping", "a list", "an empty value", or the scalar in quotes: for messages.
std::string describe_node(const YamlNode& node);

inline constexpr std::size_t yaml_octets_max = 4U << 20U;
inline constexpr std::size_t yaml_nodes_max = 200'000;
inline constexpr std::size_t yaml_keys_max = 1'000;  // of one mapping
inline constexpr std::size_t yaml_depth_max = 32;

/// The root is a mapping. On problems, which are added to `problems`, what could be read.
YamlNode parse_yaml(std::string_view text, Problems& problems);

}  // namespace zonefall::scenario
