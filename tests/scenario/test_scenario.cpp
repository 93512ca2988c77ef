// Goal: scenario files become ResolvedScenarios with every default, mistakes are named with their
// place, changes are made where they say, and the normalised form reads back the same.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "minimal_scenario.h"
#include "zonefall/scenario/scenario.h"

using namespace zonefall;
using namespace zonefall::scenario;

namespace {

// Beside the profiles.
const std::string path = "scenarios/t.yaml";

ScenarioFile loaded(const Result<ScenarioFile>& file) {
  INFO((file.ok() ? "" : file.error().to_text()));
  REQUIRE(file.ok());
  return file.value();
}

std::string message_for(std::string_view yaml, const Changes& changes = {}) {
  const auto file = parse_scenario(yaml, path, changes);
  return file.ok() ? "no error" : file.error().to_text();
}

struct Case {
  std::string from;
  std::string to;
  std::string message;  // without the file's name
};

void check_cases(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    INFO(c.from << " -> " << c.to);
    const std::string message = message_for(damaged(c.from, c.to));
    const std::string expected = "scenarios/t.yaml:" + c.message;
    // Messages of other modules are theirs to word.
    const bool is_start = expected.ends_with(": ");
    CHECK((is_start ? message.substr(0, expected.size()) : message) == expected);
  }
}

}  // namespace

TEST_CASE("every scenario of the folder loads, and its normalised form reads back the same") {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator("scenarios")) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  REQUIRE(!paths.empty());
  for (const std::string& each : paths) {
    INFO(each);
    const ScenarioFile file = loaded(load_scenario(each));
    const std::string yaml = write_scenario(file);
    const ScenarioFile again = loaded(parse_scenario(yaml, path));
    CHECK(write_scenario(again) == yaml);
    CHECK(again.sources == file.sources);
    CHECK(again.scenario.cohorts.size() == file.scenario.cohorts.size());
    for (std::size_t i = 0; i < file.scenario.cohorts.size(); ++i) {
      CHECK(again.scenario.cohorts[i].knobs == file.scenario.cohorts[i].knobs);
    }
  }
}

TEST_CASE("a scenario is what it says, with defaults for the rest") {
  const ScenarioFile file = loaded(parse_scenario(minimal_scenario, path));
  const ResolvedScenario& s = file.scenario;
  CHECK(s.run.until - s.run.from == Duration::days(1));
  REQUIRE(s.zones.size() == 2);
  REQUIRE(s.zones[1].population.has_value());
  CHECK(s.zones[1].population->size == 1000);
  CHECK(s.zones[1].population->signed_ppm == 45'000);
  CHECK(s.zones[1].ttls.ns == Duration::days(1));
  CHECK_FALSE(s.zones[0].population.has_value());
  const RegistrySpec& registry = s.registries.at(0);
  CHECK(registry.keys.at(0).published.at(0).from == SimTime::min());
  CHECK(registry.keys.at(1).published.at(0).until.to_text() == "2026-01-01T12:00:00Z");
  CHECK(registry.keys.at(1).generation == registry::KeyGeneration::once_for_all_hsms);
  CHECK_FALSE(registry.repair.has_value());
  const CohortSpec& cohort = s.cohorts.at(0);
  CHECK(cohort.knobs.name == "unbound-1.17");
  CHECK(cohort.knobs.nta.lifetime == Duration::hours(2));
  CHECK(cohort.knobs.nta.cached_keys_win);
  CHECK(s.demand.diurnal_permille == std::vector<std::uint16_t>(24, 1000));

  const auto source_of = [&](std::string_view p) { return *find_source(file.sources, p); };
  CHECK(source_of("cohorts[0].resolvers").source == "a note");
  CHECK(source_of("zones[1].ttls.ns").source == default_source);
  CHECK(source_of("cohorts[0].knobs.nta.lifetime").source == "a note");
  CHECK(find_source(file.sources, "cohorts[0].knobs.nta.cached_keys_win") == nullptr);
  REQUIRE(s.profiles.size() == 1);
  CHECK(s.profiles[0].name == "unbound-1.17");
  CHECK(source_of("profiles[0].knobs.nta.cached_keys_win").confidence == Confidence::measured);
  CHECK(source_of("operators[0]") == ValueSource{"operators[0]", "a note", Confidence::assumed});
}

TEST_CASE("mistakes in the run, servers and zones are named with place and remedy") {
  check_cases({
      {"zonefall: 1", "zonefall: 2", "1:11: zonefall: 2 is not from 1 to 1"},
      {"title: a test\n", "titel: a test\n",
       "1:1: title is missing: one line\nscenarios/t.yaml:2:1: unknown key \"titel\"; did you mean "
       "\"title\"?"},
      {"until: 2026-01-02", "until: 2026-01-32",
       "6:32: until: time \"2026-01-32\": the day 32 is not in 1 to 31"},
      {"until: 2026-01-02", "until: 2025-01-02",
       "6:32: until 2025-01-02T00:00:00Z is not after from 2026-01-01T00:00:00Z"},
      {"bin: 1 h", "bin: 7 h", "6:49: bin 7 h does not divide the run of 1 d"},
      {"from: 2026-01-01,", "from: 1960-01-01,",
       "6:13: from: 1960-01-01 is not from 1970-01-01T00:00:00Z to 2100-01-01T00:00:00Z"},
      {"[192.0.2.2]", "[192.0.2.1]", "9:30: 192.0.2.1 is there twice"},
      {"{name: three}", "{name: two}", "9:71: \"two\" is there twice"},
      {"servers: [ns.root]}", "servers: [ns.rot]}",
       "11:24: unknown server \"ns.rot.\"; did you mean \"ns.root.\"?"},
      {"  - {apex: ., servers: [ns.root]}\n", "",
       "11:3: no zone has the apex \".\": resolvers start at the root"},
      {"apex: xy", "apex: x..y", "12:11: apex: "},
      {"signed: 4.5 %", "signed: 4.5",
       "16:15: signed: expected a percentage like 4 % (at most 4 decimals), not \"4.5\""},
      {"signed: 4.5 %", "signed: 104 %", "16:15: signed: 104 % is over 100 %"},
      {"share: 40 %", "share: 41 %", "18:21: the shares make 101 %, not 100 %"},
  });
}

TEST_CASE("mistakes in registries, cohorts and expectations are named with place and remedy") {
  check_cases({
      {"role: zsk, bits", "role: skz, bits", "24:26: unknown role \"skz\"; valid: ksk, zsk"},
      {"bits: 1024", "bits: 10240", "24:37: bits: 10240 is not from 0 to 8192 bits"},
      {"key: z}", "key: y}", "27:40: unknown key \"y\"; valid: k, z"},
      {"role: zsk, key: z}", "role: ksk, key: z}",
       "26:7: no ZSK is ever active\nscenarios/t.yaml:27:30: key \"z\" has another role"},
      {"interval: 2 min", "interval: stopp",
       "28:48: interval: expected a duration like 90 min or one of stop, not \"stopp\"; did you "
       "mean "
       "\"stop\"?"},
      {"from: 2025-12-31", "from: 2026-01-01T01:00Z",
       "28:26: the first phase starts after the run"},
      {"demand: {zone: xy}", "demand: {zone: .}",
       "29:16: unknown populated zone \".\"; valid: xy."},
      {"profile: unbound-1.17", "profile: unbound-1.18",
       "33:14: unknown profile \"unbound-1.18\"; did you mean \"unbound-1.17\"?"},
      {"lifetime: 2 h", "lifetme: 2 h",
       "34:19: unknown key \"lifetme\"; did you mean \"lifetime\"?"},
      {"resolvers: 10", "resolvers: ten",
       "35:16: resolvers: expected a whole number from 1 to 10000000 resolvers, not \"ten\""},
      {"stub: plain", "stub: plane", "37:20: unknown stub \"plane\"; did you mean \"plain\"?"},
      {"act: install_nta", "act: instal_nta",
       "39:24: unknown act \"instal_nta\"; did you mean \"install_nta\"?"},
      {"until: 2026-01-01T07:00Z}", "until: 2026-01-03}",
       "39:79: 2026-01-03T00:00:00Z is outside the run, 2026-01-01T00:00:00Z to "
       "2026-01-02T00:00:00Z"},
      {"    counterfactual: other\n", "",
       "41:5: the consequence \"calm\" needs a counterfactual in which it fails"},
      {"counterfactual: other", "counterfactual: othr",
       "50:21: unknown counterfactual \"othr\"; did you mean \"other\"?"},
      {"max: 0.01", "max: nan",
       "49:10: max: expected a number from -1000000000 to 1000000000, not \"nan\""},
      {"metric: failed_lookups", "metric: good_ratio",
       "41:5: bin 10 min is no multiple of run.bin 1 h\nscenarios/t.yaml:"
       "45:13: it compares with a baseline; name a counterfactual as baseline"},
      {"metric: failed_lookups", "metric: soa_flips", "41:5: zone . has no registry"},
      {"    metric: failed_lookups", "    metric: bogus_ds\n    zone: xz",
       "46:11: unknown zone \"xz.\"; did you mean \"xy.\"?"},
      {"    metric: failed_lookups", "    metric: answer_lines\n    zone: xy\n    name: yx",
       "47:11: yx. is not in zone xy."},
      {"    metric: failed_lookups", "    metric: failed_lookups\n    cohorts: [al]",
       "46:14: unknown cohort \"al\"; did you mean \"all\"?"},
      {"counterfactuals:\n", "baseline: othr\ncounterfactuals:\n",
       "51:11: unknown counterfactual \"othr\"; did you mean \"other\"?"},
      {"min: 0\n", "min: 1\n", "48:10: min 1 is over max 0.01"},
      {"generation = once", "generaton = once", "52:5: \"other\" makes no valid scenario: "},
      {"once_per_hsm", "once_per_hms",
       "52:5: \"other\" makes no valid scenario: change 'registries[xy].keys[z].generation = "
       "once_per_hms': unknown generation \"once_per_hms\"; did you mean \"once_per_hsm\"?"},
      {"source: a note\n", "", "7:32: addresses needs a source: "},
  });
  std::string zeros = "0";
  for (int hour = 1; hour < 24; ++hour) zeros += ", 0";
  const std::string nobody = "demand: {zone: xy, diurnal_permille: [" + zeros + "]}";
  CHECK(message_for(damaged("demand: {zone: xy}", nobody)).find("nobody would ever ask") !=
        std::string::npos);
  CHECK(message_for(damaged("expect:\n", "expect: []\nexpct:\n")).find("expect is an empty list") !=
        std::string::npos);
}

TEST_CASE("mistakes in what operators do are named with place and remedy") {
  const std::string watch =
      "watch: {share: 20 %, lasting: 5 min, reaction_min: 5 min, reaction_max: 10 min, "
      "probe: 10 min";
  const std::string watches = "act: watch_failures, name: xy, ";
  const std::string installs = "act: install_nta, name: xy, ";
  check_cases({
      {installs, watches, "39:5: watch_failures needs a watch"},
      {installs, installs + watch + "}, ", "39:54: only watch_failures has a watch"},
      {installs, watches + watch + ", window: 90 s}, ",
       "39:153: window 90 s is no multiple of look 1 min"},
      {installs, watches + watch + ", lifetime: 8 d}, ",
       "39:155: lifetime: 8 d is not from 1 s to 7 d"},
      {installs,
       watches + "watch: {share: 20 %, lasting: 5 min, reaction_min: 1 h, "
                 "reaction_max: 10 min, probe: never}, ",
       "39:57: reaction_min 1 h is over reaction_max 10 min"},
      {installs, "act: remove_nta, flush: bogus, ",
       "39:43: this act installs no trust anchor; flush by an act of its own"},
      {installs, "act: install_nta, popular: 3, ", "39:46: 3 names, but demand.head_names is 0"},
      {installs, installs + "popular: 3, ",
       "39:56: name is there too; give one of them\nscenarios/t.yaml:"
       "39:56: 3 names, but demand.head_names is 0"},
      {installs, "act: flush_bogus, popular: 3, ",
       "39:46: this act is not done name by name\nscenarios/t.yaml:"
       "39:46: 3 names, but demand.head_names is 0"},
  });
  CHECK(message_for(damaged(installs, watches + watch + "}, ")) == "no error");
}

TEST_CASE("changes are made where they say, and count as assumed") {
  const auto changed = [](const Changes& changes) {
    return loaded(parse_scenario(minimal_scenario, path, changes));
  };
  const ScenarioFile key = changed({"registries[xy].keys[z].generation = once_per_hsm"});
  CHECK(key.scenario.registries[0].keys[1].generation == registry::KeyGeneration::once_per_hsm);
  CHECK(*find_source(key.sources, "registries[0].keys[1].generation") ==
        ValueSource{"registries[0].keys[1].generation",
                    "change: registries[xy].keys[z].generation = once_per_hsm",
                    Confidence::assumed});
  CHECK(changed({"run.seed = 7", "run.scale = 10 %"}).scenario.run.seed == 7);
  CHECK(changed({"operators = []"}).scenario.operators.empty());
  CHECK(changed({"operators[0] = ~"}).scenario.operators.empty());
  CHECK(changed({"network = {loss: 3 %}"}).scenario.network.loss_ppm == 30'000);
  CHECK(changed({"cohorts[all].profile = bind-9.18"}).scenario.cohorts[0].knobs.nta.lifetime ==
        Duration::hours(2));
}

TEST_CASE("what is wrong with a change is said of the change, not of a line of the file") {
  struct Wrong {
    Changes changes;
    std::string message;
  };
  for (const Wrong& wrong : {
           Wrong{{"run.sed = 7"},
                 "--set 'run.sed = 7': unknown key \"sed\"; did you mean \"seed\"?"},
           Wrong{{"cohorts[all].resolvers = 1 q"},
                 "--set 'cohorts[all].resolvers = 1 q': resolvers: expected a whole number from 1 "
                 "to 10000000 resolvers, not \"1 q\""},
           Wrong{{"run.seed = 2", "cohorts[all].profile = unbound-1.18"},
                 "--set 'cohorts[all].profile = unbound-1.18': unknown profile \"unbound-1.18\"; "
                 "did you mean \"unbound-1.17\"?"},
           Wrong{{"cohorts[all].knobs.cache.ttl_mx = 2 h"},
                 "--set 'cohorts[all].knobs.cache.ttl_mx = 2 h': unknown key \"ttl_mx\"; did you "
                 "mean \"ttl_max\"?"},
           Wrong{{"title = ~"}, "--set 'title = ~': title is missing: one line"},
           Wrong{{"stubs[plain] = ~"}, "--set 'stubs[plain] = ~': stubs is an empty list: "},
           Wrong{{"registries[xz].zone = ."},
                 "--set 'registries[xz].zone = .': unknown item \"xz\"; did you mean \"xy\"?"},
           Wrong{{"run.seed"}, "--set 'run.seed': expected \"path = value\""},
           Wrong{{"run.seed = 1\nrun.bin = 1 h"},
                 "--set 'run.seed = 1\nrun.bin = 1 h': expected one line"},
           Wrong{{"run[0 = 1"}, "--set 'run[0 = 1': path run[0: \"[\" without \"]\""},
           Wrong{{"a..b = 1"}, "--set 'a..b = 1': path a..b: a step is empty"},
           Wrong{{" = 1"}, "--set ' = 1': the path is empty"},
           Wrong{{"run = [1"}, "--set 'run = [1': not valid YAML"},
       }) {
    const std::string message = message_for(minimal_scenario, wrong.changes);
    INFO(message);
    CHECK(message.substr(0, wrong.message.size()) == wrong.message);
  }
  // The first of several is that of a change; those of the file keep their lines.
  CHECK(message_for(damaged("bin: 1 h", "bin: 1 x"), {"run.seed = x", "run.scale = 1"})
            .find("--set 'run.seed = x': seed: expected a whole number") == 0);
  const std::string both =
      message_for(damaged("bin: 1 h", "bin: 1 x"), {"run.seed = x", "run.scale = 1"});
  CHECK(both.find("\n--set 'run.scale = 1': scale: ") < both.find("\nscenarios/t.yaml:6:"));
  // What a change spoils elsewhere is said where it stands.
  CHECK(message_for(minimal_scenario, {"cohorts[all].name = some"}).find("scenarios/t.yaml:39:") ==
        0);
  // A counterfactual that fails under a change names its own.
  CHECK(message_for(minimal_scenario, {"registries[xy].keys[z].label = y",
                                       "registries[xy].activations[1].key = y"}) ==
        "scenarios/t.yaml:52:5: \"other\" makes no valid scenario: change "
        "'registries[xy].keys[z].generation = once_per_hsm': unknown item \"z\"; valid: k, y");
  CHECK(
      message_for(minimal_scenario, {"counterfactuals[other].set = [\"run.seed = x\"]"})
          .find("scenarios/t.yaml:52:5: \"other\" makes no valid scenario: change 'run.seed = x': "
                "seed: expected a whole number") == 0);
}

TEST_CASE("what a registry may do about bad keys is checked") {
  struct Wrong {
    Changes changes;
    std::string message;
  };
  for (const Wrong& wrong : {
           Wrong{{"registries[xy].activations[1].overlap = 2 d"},
                 "no key signs before \"z\" that could sign beside it"},
           Wrong{{"registries[xy].activations[1].overlap = -2 d"}, "overlap: -2 d is not from 0 s"},
           Wrong{{"registries[xy].gate = {scope: zone}"}, "unknown scope \"zone\"; valid: apex"},
           Wrong{{"registries[xy].gate = {check_time: 7 h}"},
                 "check_time: 7 h is not from 0 s to 6 h"},
           Wrong{{"registries[xy].gate = {scope: sample}", "registries[xy].zone = ."},
                 "zone . has no population to draw a sample from"},
           Wrong{{"registries[xy].checkers = [{name: c}]",
                  "registries[xy].repair = {key: z, roll_back_to: 2025-12-30T23:00Z}"},
                 "the first version is signed at 2025-12-31T00:00:00Z, later than that"},
       }) {
    INFO(wrong.changes.front());
    CHECK_THAT(message_for(minimal_scenario, wrong.changes), Catch::Contains(wrong.message));
  }
}

TEST_CASE("causes of wrong data are checked") {
  const std::string span = ", from: 2026-01-01T06:00Z, until: 2026-01-01T07:00Z";
  const auto attacker = [&](const std::string& rest) {
    return Changes{"demand.head_names = 5", "attacker = {" + rest + span + "}"};
  };
  const std::string some = "position: off_path, success: 1 %";
  CHECK(message_for(minimal_scenario, attacker(some + ", names: [n7.xy]")) == "no error");
  CHECK(message_for(minimal_scenario, attacker(some + ", popular: 5")) == "no error");
  CHECK(message_for(minimal_scenario, attacker("position: on_path, success: 100 %, popular: 5")) ==
        "no error");
  const std::string moves = "zones[xy].population.moves = {share: 2 %";
  CHECK(message_for(minimal_scenario, {moves + span + "}"}) == "no error");
  struct Wrong {
    Changes changes;
    std::string message;
  };
  for (const Wrong& wrong : {
           Wrong{attacker(some), "it needs names, or popular"},
           Wrong{attacker(some + ", names: [n7.xy], popular: 2"), "give one of them"},
           Wrong{attacker(some + ", popular: 6"), "6 names, but demand.head_names is 5"},
           Wrong{attacker(some + ", names: [ns.xy]"), "ns.xy. is no name that clients ask for"},
           Wrong{attacker(some + ", names: [n7.xz]"), "n7.xz. is no name that clients ask for"},
           Wrong{attacker(some + ", names: [www.n7.xy]"), "www.n7.xy. is no name that clients"},
           Wrong{attacker(some + ", names: [n99999999.xy]"), "n99999999.xy. is no name that"},
           Wrong{attacker(some + ", names: [n07.xy]"), "n07.xy. is no name that clients ask for"},
           Wrong{attacker("position: off_path, success: 100 %, popular: 5"),
                 "nobody off path comes first each time"},
           Wrong{attacker("position: aside, success: 1 %, popular: 5"),
                 "unknown position \"aside\""},
           Wrong{{moves + ", from: 2026-01-01T06:00Z, until: 2026-01-01T05:00Z}"},
                 "is before from"},
           Wrong{{moves + ", from: 2026-01-01T06:00Z, until: 2026-01-03}"}, "is outside the run"},
       }) {
    INFO(wrong.changes.back());
    CHECK_THAT(message_for(minimal_scenario, wrong.changes), Catch::Contains(wrong.message));
  }
}

TEST_CASE("a change adds to a list, and reaches each item of one") {
  const auto changed = [](const Changes& changes) {
    return loaded(parse_scenario(minimal_scenario, path, changes)).scenario;
  };
  const ResolvedScenario plain = changed({});
  const std::string act =
      R"({cohort: "*", act: flush_everything, from: 2026-01-01T06:00Z, until: 2026-01-01T07:00Z})";
  const ResolvedScenario added = changed({"operators += " + act});
  REQUIRE(added.operators.size() == plain.operators.size() + 1);
  CHECK(added.operators.back().cohort == every_cohort);
  CHECK(added.operators.back().act == OperatorAct::flush_everything);
  CHECK(changed({"operators = []", "operators += " + act}).operators.size() == 1);

  REQUIRE(plain.registries[0].keys.size() > 1);
  const ResolvedScenario each = changed({"registries[*].keys[*].generation = once_per_hsm"});
  for (const auto& key : each.registries[0].keys) {
    CHECK(key.generation == registry::KeyGeneration::once_per_hsm);
  }
  const ResolvedScenario block = changed({"cohorts[*].knobs.serve_stale.enabled = true"});
  for (const CohortSpec& cohort : block.cohorts) CHECK(cohort.knobs.serve_stale.enabled);
  CHECK(changed({"operators[*] = ~"}).operators.empty());

  CHECK(message_for(minimal_scenario, {"operators[*] = ~", "operators[*].share = 1 %"}) ==
        "--set 'operators[*].share = 1 %': there are no items for [*]");
  CHECK(message_for(minimal_scenario, {"title += more"}) ==
        "--set 'title += more': \"a test\" is no list to add to");
  CHECK(message_for(minimal_scenario, {"operators += ~"}) ==
        "--set 'operators += ~': there is no item to add");
  CHECK(message_for(minimal_scenario, {"run[*].seed = 1"}) ==
        "--set 'run[*].seed = 1': there are no items for [*]");
}

TEST_CASE("changes of the normalised form do what they do in the file") {
  const std::string yaml = write_scenario(loaded(parse_scenario(minimal_scenario, path)));
  CHECK(parse_scenario(yaml, "nowhere/t.yaml").ok());
  const auto profile_of = [](const ScenarioFile& file) { return file.scenario.cohorts[0].knobs; };
  for (const Changes& changes : std::vector<Changes>{
           {"cohorts[all].knobs = {stale_nxdomain_ede: true}"},
           {"cohorts[all].knobs = ~"},
           {"cohorts[all].knobs.cache.ttl_max = 2 h"},
           {"cohorts[all].profile = bind-9.18"},
           {"cohorts[all].profile = bind-9.18", "cohorts[all].knobs = {stale_nxdomain_ede: true}"},
           {"cohorts[all].profile = unbound-1.17"}}) {
    INFO(changes.front());
    const ScenarioFile expected = loaded(parse_scenario(minimal_scenario, path, changes));
    const ScenarioFile file = loaded(parse_scenario(yaml, path, changes));
    CHECK(profile_of(file) == profile_of(expected));
    CHECK(write_scenario(file) == write_scenario(expected));
  }
  const ScenarioFile own = loaded(parse_scenario(yaml, path, {"cohorts[all].knobs = {}"}));
  CHECK(profile_of(own) == own.scenario.profiles[0]);  // Unbound's, not the defaults
  CHECK(profile_of(own).nta.cached_keys_win);
  const ScenarioFile bind =
      loaded(parse_scenario(yaml, path, {"cohorts[all].profile = bind-9.18"}));
  CHECK(profile_of(bind).name == "bind-9.18");
  CHECK(profile_of(bind).nta.lifetime == Duration::hours(2));  // the cohort's own
  CHECK_FALSE(profile_of(bind).nta.cached_keys_win);
}

TEST_CASE("the normalised form needs no other file, under none of its variants") {
  const std::string with_policies =
      damaged("counterfactuals:\n",
              "policies:\n"
              "  - {name: bind, title: BIND, set: [\"cohorts[all].profile = bind-9.18\"]}\n"
              "uncertain:\n"
              "  - {path: \"cohorts[all].profile\", why: it is not known, values: [knot-5.6]}\n"
              "counterfactuals:\n");
  const ScenarioFile file = loaded(parse_scenario(with_policies, path));
  const std::string yaml = write_scenario(file);
  const ScenarioFile again = loaded(parse_scenario(yaml, "nowhere/t.yaml"));
  CHECK(write_scenario(again) == yaml);
  CHECK(again.sources == file.sources);
  REQUIRE(again.scenario.profiles.size() == 3);
  CHECK(again.scenario.profiles[0].name == "bind-9.18");
  const ScenarioFile bind =
      loaded(parse_scenario(yaml, "nowhere/t.yaml", {"cohorts[all].profile = bind-9.18"}));
  CHECK(bind.scenario.cohorts[0].knobs.name == "bind-9.18");
}

TEST_CASE("a scenario may bring profiles along") {
  const std::string own = "profiles: [{name: mine, knobs: {stale_nxdomain_ede: true}}]\n";
  const std::string yaml = damaged("cohorts:\n", own + "cohorts:\n");
  CHECK(loaded(parse_scenario(yaml, path)).scenario.profiles[0].name == "unbound-1.17");
  const ScenarioFile mine = loaded(parse_scenario(yaml, path, {"cohorts[all].profile = mine"}));
  CHECK(mine.scenario.cohorts[0].knobs.stale_nxdomain_ede);
  CHECK(mine.scenario.profiles.size() == 1);
  CHECK(*find_source(mine.sources, "profiles[0].knobs.stale_nxdomain_ede") ==
        ValueSource{"profiles[0].knobs.stale_nxdomain_ede", "a note", Confidence::assumed});
  check_cases({{"cohorts:\n", "profiles: [{name: a}, {name: a}]\ncohorts:\n",
                "31:30: \"a\" is there twice"}});
}

TEST_CASE("the README of scenarios has the reference of all keys") {
  std::ifstream readme("scenarios/README.md", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(readme), std::istreambuf_iterator<char>()};
  INFO("put this into scenarios/README.md:\n" << scenario_reference());
  CHECK(text.find(scenario_reference()) != std::string::npos);
}
