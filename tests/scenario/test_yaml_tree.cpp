// Goal: YAML becomes a tree with the right places; what is malformed, ambiguous or oversized is
// refused with its place, and nothing throws or crashes.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "scenario/yaml_tree.h"

using namespace zonefall::scenario;

namespace {

std::string message_for(std::string_view yaml) {
  Problems problems("f.yaml");
  const YamlNode root = parse_yaml(yaml, problems);
  return problems.any() ? problems.to_error().to_text() : "no error";
}

}  // namespace

TEST_CASE("values know where they stand") {
  Problems problems("f.yaml");
  const YamlNode root = parse_yaml(
      "# a comment\n"
      "title: \"two words\"\n"
      "block:\n"
      "  list:\n"
      "    - 1\n"
      "    - {a: b, c: [d]}\n"
      "empty:\n"
      "grüße: x\n",
      problems);
  REQUIRE_FALSE(problems.any());
  REQUIRE(root.kind == YamlNode::Kind::mapping);
  REQUIRE(root.members.size() == 4);
  CHECK(root.members[0].key == "title");
  CHECK(root.members[0].key_at == Mark{2, 1});
  CHECK(root.find("title")->text == "two words");
  CHECK(root.find("title")->at == Mark{2, 8});
  const YamlNode* list = root.find("block")->find("list");
  REQUIRE(list != nullptr);
  REQUIRE(list->members.size() == 2);
  CHECK(list->members[0].value.at == Mark{5, 7});
  const YamlNode& item = list->members[1].value;
  CHECK(item.at == Mark{6, 7});
  CHECK(item.find("c")->members[0].value.at == Mark{6, 18});
  CHECK(root.find("empty")->kind == YamlNode::Kind::null);
  CHECK(root.find("empty")->at == Mark{7, 1});
  CHECK(root.find("grüße")->text == "x");
  CHECK(root.find("none") == nullptr);
  CHECK(list->find("a") == nullptr);
}

TEST_CASE("malformed YAML is refused with its place") {
  struct Case {
    std::string yaml;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"", "f.yaml:1:1: the file is empty"},
      {"# only a comment\n", "f.yaml:1:1: the file is empty"},
      {"---\n...\n", "f.yaml:1:1: the file is empty"},
      {"just words\n", "f.yaml:1:1: expected keys with values, not \"just words\""},
      {"- a\n- b\n", "f.yaml:1:1: expected keys with values, not a list"},
      {"a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document; a file has one"},
      {"a: 1\nb: 2\na: 3\n", "f.yaml:3:1: duplicate key \"a\"; the first is at 1:1"},
      {"a: {b: 1, b: 2}\n", "f.yaml:1:11: duplicate key \"b\"; the first is at 1:5"},
      {"a:\n\tb: 1\n", "f.yaml:2:1: tab in the indentation; YAML indents with spaces"},
      {"a: 1\nb: \xff\n", "f.yaml:2:4: octet 0xff is not UTF-8"},
      {"a: \xc0\xaf\n", "f.yaml:1:4: octet 0xc0 is not UTF-8"},
      {"a: \xed\xa0\x80\n", "f.yaml:1:4: octet 0xed is not UTF-8"},
      {"a: \xe2\x82", "f.yaml:1:4: octet 0xe2 is not UTF-8"},
      {std::string("a: \0b\n", 6), "f.yaml:1:4: control character 0x00"},
      {"a: \x04\n", "f.yaml:1:4: control character 0x04"},
      {"a: &x 1\nb: 2\n", "f.yaml:1:4: anchors (&name) are not accepted; write the value out"},
      {"a: &x 1\nb: *x\n",
       "f.yaml:1:4: anchors (&name) are not accepted; write the value out\n"
       "f.yaml:2:4: aliases (*name) are not accepted; write the value out"},
      {"a: !!int 1\n", "f.yaml:1:4: tags (!\"tag:yaml.org,2002:int\") are not accepted"},
      {"{a: 1}: 2\n", "f.yaml:1:1: a key must be a word"},
      {"[a, b]: 2\n", "f.yaml:1:1: a key must be a word"},
      {"a: [1, 2\nb: 3\n", "f.yaml:2:2: not valid YAML: end of sequence flow not found"},
      {"a: \"open\n", "f.yaml:1:4: the \" that opens here is never closed"},
      {"a: 'it''s open\n", "f.yaml:1:4: the ' that opens here is never closed"},
      {"\xef\xbb\xbf"
       "a: \"\\\"\n",
       "f.yaml:1:4: the \" that opens here is never closed"},
      {"a: 'it''s closed'\nb: \"\\\"\"\nc: don't\n", "no error"},
      {"a: b: c\n", "f.yaml:1:5: not valid YAML: illegal map value"},
  };
  for (const Case& c : cases) {
    INFO(c.yaml);
    CHECK(message_for(c.yaml) == c.message);
  }
}

TEST_CASE("files cannot blow up") {
  const std::string depth_ok(yaml_depth_max - 1, '[');
  const std::string depth_end(yaml_depth_max - 1, ']');
  CHECK(message_for("a: " + depth_ok + "1" + depth_end) == "no error");
  CHECK(message_for("a: [" + depth_ok + "1" + depth_end + "]") ==
        "f.yaml:1:35: nested over 32 levels");
  CHECK(message_for("a: " + std::string(100'000, '[')).find("not valid YAML") != std::string::npos);
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + before + ", *a" +
            before + "]\n";
  }
  CHECK(message_for(bomb).find("aliases (*name) are not accepted") != std::string::npos);
  std::string long_list = "a:\n";
  for (std::size_t i = 0; i < yaml_nodes_max; ++i) long_list += "- 1\n";
  CHECK(message_for(long_list).find("over 200000 values") != std::string::npos);
  std::string many_keys;
  for (std::size_t i = 0; i <= yaml_keys_max; ++i) many_keys += "k" + std::to_string(i) + ": 1\n";
  CHECK(message_for(many_keys) == "f.yaml:1001:1: over 1000 keys in one mapping");
  CHECK(message_for(std::string(yaml_octets_max + 1, '#')) == "f.yaml:1:1: over 4194304 octets");
}
