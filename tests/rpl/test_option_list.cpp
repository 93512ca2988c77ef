// Goal: of each option that the manuals name somebody has decided what becomes of it in a script,
// and that is what becomes of it: it is taken, refused, or without effect, and never two of these.
#include <array>
#include <fstream>

#include "rpl/settings.h"
#include "script_text.h"

namespace zonefall::rpl {
namespace {

constexpr std::string_view nonsense = "?";  // a value that no option has

struct Listed {
  std::string clause;
  std::string name;
  std::string place;
};

std::vector<Listed> listed_options() {
  std::ifstream file(std::string(ZONEFALL_RPL_TESTS) + "/unbound_options.tsv");
  REQUIRE(file);
  std::vector<Listed> all;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    all.push_back({line.substr(0, first), line.substr(first + 1, second - first - 1),
                   line.substr(second + 1)});
  }
  return all;
}

std::vector<Mismatch> refusals(const std::string& config) {
  const auto script = parse_script(config + "CONFIG_END\nSCENARIO_BEGIN title\nSCENARIO_END\n",
                                   {"test.rpl", std::nullopt});
  REQUIRE(script.ok());
  return settings_of(script.value()).unsupported;
}

std::vector<Mismatch> refusals(const Listed& option, std::string_view value) {
  return refusals(option.clause + ":\n " + option.name + ": " + std::string(value) + "\n");
}

bool is_unsupported(const Listed& option, std::string_view value) {
  const auto all = refusals(option, value);
  return std::any_of(all.begin(), all.end(),
                     [](const Mismatch& one) { return one.got.starts_with("unsupported option"); });
}

bool has_no_effect(const Listed& option, std::string_view value) {
  Option written;
  written.name = option.name;
  written.value = value;
  return option.clause == "server" && unbound_option_without_effect(written);
}

void check_place(const Listed& option) {
  INFO(option.clause << ": " << option.name << ": " << option.place);
  CHECK(has_no_effect(option, nonsense) == (option.place == "nothing"));
  if (option.place == "nothing") {
    CHECK(refusals(option, nonsense).empty());
  } else if (option.place.starts_with("nothing=")) {
    CHECK(refusals(option, option.place.substr(option.place.find('=') + 1)).empty());
    CHECK(is_unsupported(option, nonsense));
  } else {
    CHECK((option.place == "taken" || option.place == "unsupported"));
    CHECK(is_unsupported(option, nonsense) == (option.place == "unsupported"));
  }
}

}  // namespace

TEST_CASE("each option of unbound.conf(5) is taken, refused, or without effect") {
  const std::vector<Listed> all = listed_options();
  CHECK(all.size() == 285);
  for (const Listed& option : all) check_place(option);
}

TEST_CASE("each of Deckard's options is taken, refused, or of its own sockets") {
  const auto why = [](const std::string& name) {
    const auto all = refusals("query-minimization: off\n" + name + ": ?\n");
    return all.empty() ? std::string() : all.front().got;
  };
  constexpr std::array taken = {"stub-addr",
                                "stub-name",
                                "trust-anchor",
                                "val-override-date",
                                "val-override-timestamp",
                                "query-minimization",
                                "domain-insecure",
                                "do-ip4",
                                "do-ip6",
                                "do-not-query-localhost",
                                "forward-addr",
                                "harden-glue",
                                "force-ipv6"};
  for (const char* name : taken) {
    INFO(name);
    CHECK_THAT(why(name), !Catch::StartsWith("unknown option"));
    CHECK_THAT(why(name), !Catch::StartsWith("unsupported option"));
  }
  for (const char* name : {"features", "feature-list"}) {
    CHECK_THAT(why(name), Catch::StartsWith("unsupported option"));
  }
  CHECK_THAT(why("stub-adr"), Catch::StartsWith("unknown option"));
}

}  // namespace zonefall::rpl
