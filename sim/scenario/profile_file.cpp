#include "zonefall/scenario/profile_file.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "scenario/field_lister.h"
#include "scenario/field_reader.h"
#include "scenario/field_schema.h"
#include "scenario/field_writer.h"
#include "scenario/profile_folder.h"
#include "scenario/profile_knobs.h"
#include "scenario/yaml_tree.h"
#include "zonefall/core/text_file.h"

namespace zonefall::scenario {
namespace {

namespace fs = std::filesystem;

bool is_profile_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  };
  return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), fits);
}

Result<ProfileFile> parse_with_bases(std::string_view yaml, const std::string& path,
                                     std::vector<std::string>& chain);

// Adds what is wrong to `problems`, at `base`.
ProfileFile load_base(const YamlNode& base, const fs::path& folder, std::vector<std::string>& chain,
                      Problems& problems) {
  if (base.kind != YamlNode::Kind::scalar) {
    problems.add(base.at,
                 fmt::format("base: expected the name of a profile, not {}", describe_node(base)));
    return {};
  }
  const auto path = profile_path(folder, base.text);
  if (!path) {
    problems.add(base.at, path.error().message);
    return {};
  }
  if (std::find(chain.begin(), chain.end(), base.text) != chain.end()) {
    problems.add(base.at, fmt::format("base goes round in a circle: {} -> {}",
                                      fmt::join(chain, " -> "), base.text));
    return {};
  }
  const auto text = read_text_file(path.value(), yaml_octets_max);
  if (!text) {
    problems.add_foreign(text.error());
    return {};
  }
  auto loaded = parse_with_bases(text.value(), path.value(), chain);
  if (loaded) return std::move(loaded).value();
  problems.add_foreign(loaded.error());
  return {};
}

/// Two knobs of one block, the first of which may not be the larger.
struct OrderedKnobs {
  std::string_view block;
  std::string_view lower_key;
  Duration lower;
  std::string_view upper_key;
  Duration upper;
};

void check_profile(const resolver::ResolverProfile& profile, FieldReader& reader) {
  const resolver::CacheLimits& cache = profile.cache;
  const resolver::UpstreamSettings& upstream = profile.upstream;
  const resolver::ValidationSettings& validation = profile.validation;
  const bool has_negative_min = cache.negative_ttl_min != Duration::max();  // else ttl_min
  const Duration negative_min = has_negative_min ? cache.negative_ttl_min : Duration();
  const std::array<OrderedKnobs, 5> pairs = {{
      {"cache", "ttl_min", cache.ttl_min, "ttl_max", cache.ttl_max},
      {"cache", "negative_ttl_min", negative_min, "negative_ttl_max", cache.negative_ttl_max},
      {"upstream", "timeout_initial", upstream.timeout_initial, "timeout_max",
       upstream.timeout_max},
      {"upstream", "timeout_min", upstream.timeout_min, "timeout_max", upstream.timeout_max},
      {"validation", "skew_min", validation.skew_min, "skew_max", validation.skew_max},
  }};
  for (const OrderedKnobs& pair : pairs) {
    if (pair.lower <= pair.upper) continue;
    reader.problem(reader.place_of(fmt::format("{}.{}", pair.block, pair.lower_key)),
                   fmt::format("{}: {} {} is over {} {}", pair.block, pair.lower_key,
                               pair.lower.to_text(), pair.upper_key, pair.upper.to_text()));
  }
}

void describe_head(Fields& fields, ProfileFile& file) {
  fields.text(choice("description", "implementation, version and settings"), file.description);
}

// `chain` holds the names on the way here.
Result<ProfileFile> parse_with_bases(std::string_view yaml, const std::string& path,
                                     std::vector<std::string>& chain) {
  Problems problems(path);
  const std::string name = fs::path(path).stem().string();
  if (!is_profile_name(name)) {
    problems.add({}, fmt::format("the file's name must be made of a-z, 0-9, \"-\", \".\" and "
                                 "\"_\", not {}",
                                 in_quotes(name)));
  }
  const YamlNode root = parse_yaml(yaml, problems);
  if (problems.any()) return problems.to_error();

  ProfileFile file;
  chain.push_back(name);
  if (const YamlNode* base = root.find("base")) {
    file = load_base(*base, fs::path(path).parent_path(), chain, problems);
  }
  chain.pop_back();
  file.profile.name = name;
  const std::string base_description = std::move(file.description);
  file.description.clear();

  SourceNames names(root, problems);
  FieldReader reader({root, problems, names});
  reader.inherit(file.sources);
  reader.allow("base");
  reader.allow("sources");
  describe_head(reader, file);
  if (file.description.empty() && !base_description.empty()) file.description = base_description;
  describe(reader, file.profile);
  check_profile(file.profile, reader);
  auto sources = reader.finish();
  names.report_unused(problems);
  if (problems.any()) return problems.to_error();
  file.sources = std::move(sources);
  return file;
}

}  // namespace

Result<ProfileFile> parse_profile(std::string_view yaml, const std::string& path) {
  std::vector<std::string> chain;
  return parse_with_bases(yaml, path, chain);
}

Result<ProfileFile> load_profile(const std::string& path) {
  const auto text = read_text_file(path, yaml_octets_max);
  if (!text) return text.error();
  return parse_profile(text.value(), path);
}

std::string write_profile(const ProfileFile& file) {
  FieldWriter writer(file.sources);
  ProfileFile copy = file;
  describe_head(writer, copy);
  describe(writer, copy.profile);
  return writer.take();
}

std::string profile_reference() {
  FieldLister lister;
  resolver::ResolverProfile profile;
  describe(lister, profile);
  return lister.to_markdown();
}

std::string profile_schema() {
  FieldSchema schema;
  ProfileFile file;
  std::string base;
  describe_head(schema, file);
  schema.text(choice("base", "a profile of this folder to start from"), base);
  describe(schema, file.profile);
  return schema.take({"Resolver profile of zonefall",
                      "What one implementation does: see scenarios/profiles/README.md."});
}

}  // namespace zonefall::scenario
