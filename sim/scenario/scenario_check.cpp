#include "scenario/scenario_check.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace zonefall::scenario {
namespace {

constexpr std::int64_t bins_max = 100'000;
constexpr std::uint64_t whole_ppm = 1'000'000;

// The number that stands behind `prefix`, without zeros in front.
std::optional<std::uint64_t> number_behind(std::string_view prefix, std::string_view label) {
  if (!label.starts_with(prefix)) return std::nullopt;
  label.remove_prefix(prefix.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), number);
  const bool is_number = error == std::errc() && end == label.data() + label.size();
  if (!is_number || (label.size() > 1 && label.front() == '0')) return std::nullopt;
  return number;
}

// A member of the population that demand draws from, or one of the names it draws that are missing.
bool may_be_asked_for(const dns::Name& name, const ResolvedScenario& scenario) {
  const auto zone = std::find_if(scenario.zones.begin(), scenario.zones.end(), [&](auto& z) {
    return z.apex == scenario.demand.zone && z.population;
  });
  if (zone == scenario.zones.end() || !name.is_below(zone->apex)) return false;
  if (name.label_count() != zone->apex.label_count() + 1) return false;
  const dns::Name canonical = name.canonical();
  const std::span<const std::uint8_t> octets = canonical.label(0);
  const std::string label(octets.begin(), octets.end());
  const std::string& prefix = zone->population->label_prefix;
  const auto id = number_behind(prefix, label);
  return (id && *id < zone->population->size) || number_behind("no-" + prefix, label);
}

// A check at a path of the file.
class Checks {
 public:
  Checks(const ResolvedScenario& scenario, FieldReader& reader) : s_(scenario), reader_(reader) {}

  template <typename... Args>
  void fail(const std::string& path, fmt::format_string<Args...> format, Args&&... args) {
    reader_.problem(reader_.place_of(path), fmt::format(format, std::forward<Args>(args)...));
  }

  void run();
  void servers_and_zones();
  void registries();
  void clients();
  void operators();
  void attacker();
  void expectations();

 private:
  // `written` must be one of `known`.
  void reference(const std::string& path, std::string_view what, std::string_view written,
                 const std::vector<std::string>& known) {
    if (std::find(known.begin(), known.end(), written) != known.end()) return;
    const std::vector<std::string_view> words(known.begin(), known.end());
    fail(path, "{}", unknown_word(what, written, words));
  }
  void unique(const std::string& list, std::string_view key,
              const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto first = std::find(names.begin(), names.end(), names[i]);
      if (first != names.begin() + static_cast<std::ptrdiff_t>(i)) {
        fail(fmt::format("{}[{}].{}", list, i, key), "{} is there twice", in_quotes(names[i]));
      }
    }
  }
  void in_run(const std::string& path, SimTime at) {
    if (s_.run.until <= s_.run.from) return;  // that is reported already
    if (at >= s_.run.from && at <= s_.run.until) return;
    fail(path, "{} is outside the run, {} to {}", at.to_text(), s_.run.from.to_text(),
         s_.run.until.to_text());
  }
  void span(const std::string& path, SimTime from, SimTime until) {
    if (from > until) {
      fail(path + ".until", "until {} is before from {}", until.to_text(), from.to_text());
    }
  }
  void ordered(const std::string& path, std::string_view what, Duration low, Duration high) {
    if (low > high) {
      fail(path, "{}_min {} is over {}_max {}", what, low.to_text(), what, high.to_text());
    }
  }
  void whole(const std::string& path, std::uint64_t sum_ppm) {
    if (sum_ppm != whole_ppm) {
      fail(path, "the shares make {}, not 100 %", fmt::format("{:g} %", double(sum_ppm) / 1e4));
    }
  }
  template <typename Items, typename Text>
  static std::vector<std::string> all(const Items& items, Text text) {
    std::vector<std::string> out;
    out.reserve(items.size());
    for (const auto& item : items) out.push_back(text(item));
    return out;
  }
  void measured(const Expectation& e, const std::string& path);
  void operator_names(const OperatorAction& action, const std::string& path);
  void operator_watch(const OperatorAction& action, const std::string& path);
  void keys_of(const RegistrySpec& registry, const std::string& path);
  void times_of(const RegistrySpec& registry, const std::string& path);

  const ResolvedScenario& s_;
  FieldReader& reader_;
};

void Checks::run() {
  const RunSettings& r = s_.run;
  if (r.until <= r.from) {
    fail("run.until", "until {} is not after from {}", r.until.to_text(), r.from.to_text());
    return;
  }
  const std::int64_t length = (r.until - r.from).to_nanoseconds();
  const std::int64_t bin = r.bin.to_nanoseconds();
  if (bin > 0 && length % bin != 0) {
    fail("run.bin", "bin {} does not divide the run of {}", r.bin.to_text(),
         (r.until - r.from).to_text());
  } else if (bin > 0 && length / bin > bins_max) {
    fail("run.bin", "bin {} makes {} bins; the most is {}", r.bin.to_text(), length / bin,
         bins_max);
  }
  if (r.scale_ppm == 0) fail("run.scale", "scale is 0 %: nothing would be simulated");
  ordered("network", "rtt", s_.network.rtt_min, s_.network.rtt_max);
}

void Checks::servers_and_zones() {
  const auto servers = all(s_.servers, [](const ServerSpec& x) { return x.name.to_text(); });
  const auto zones = all(s_.zones, [](const ZoneSpec& x) { return x.apex.to_text(); });
  unique("servers", "name", servers);
  unique("zones", "apex", zones);
  if (!s_.zones.empty() && std::find(zones.begin(), zones.end(), ".") == zones.end()) {
    fail("zones", "no zone has the apex \".\": resolvers start at the root");
  }
  std::vector<std::string> addresses;
  for (std::size_t i = 0; i < s_.servers.size(); ++i) {
    const ServerSpec& server = s_.servers[i];
    const std::string path = fmt::format("servers[{}]", i);
    for (const dns::Address& address : server.addresses) {
      const std::string text = address.to_text();
      if (std::find(addresses.begin(), addresses.end(), text) != addresses.end()) {
        fail(path + ".addresses", "{} is there twice", text);
      }
      addresses.push_back(text);
    }
    if (server.addresses.empty()) fail(path + ".addresses", "a server needs an address");
    const auto sites = all(server.sites, [](const SiteSpec& x) { return x.name; });
    unique(path + ".sites", "name", sites);
    std::uint64_t reached = 0;
    for (const SiteSpec& site : server.sites) reached += site.resolvers_ppm;
    if (reached != 0) whole(path + ".sites", reached);
    for (std::size_t j = 0; j < server.silences.size(); ++j) {
      const Silence& silence = server.silences[j];
      const std::string at = fmt::format("{}.silences[{}]", path, j);
      span(at, silence.from, silence.until);
      if (!silence.site.empty()) reference(at + ".site", "site", silence.site, sites);
    }
  }
  for (std::size_t i = 0; i < s_.zones.size(); ++i) {
    const ZoneSpec& zone = s_.zones[i];
    const std::string path = fmt::format("zones[{}]", i);
    if (zone.servers.empty()) fail(path + ".servers", "a zone needs a server");
    for (const dns::Name& server : zone.servers) {
      reference(path + ".servers", "server", server.to_text(), servers);
    }
    if (!zone.population) continue;
    std::uint64_t sum = 0;
    for (const TtlShare& share : zone.population->address_ttls) sum += share.share_ppm;
    whole(path + ".population.address_ttls", sum);
    if (const auto& moves = zone.population->moves) {
      span(path + ".population.moves", moves->from, moves->until);
      if (moves->until > s_.run.until) in_run(path + ".population.moves.until", moves->until);
    }
    for (std::size_t j = 0; j < zone.population->hosting.size(); ++j) {
      for (const dns::Name& server : zone.population->hosting[j].servers) {
        reference(fmt::format("{}.population.hosting[{}].servers", path, j), "server",
                  server.to_text(), servers);
      }
    }
  }
}

void Checks::keys_of(const RegistrySpec& r, const std::string& path) {
  const auto labels = all(r.keys, [](const KeySpec& key) { return key.label; });
  unique(path + ".keys", "label", labels);
  for (std::size_t i = 0; i < r.activations.size(); ++i) {
    const auto& activation = r.activations[i];
    const std::string at = fmt::format("{}.activations[{}]", path, i);
    reference(at + ".key", "key", activation.label, labels);
    for (const KeySpec& key : r.keys) {
      if (key.label == activation.label && key.role != activation.role) {
        fail(at + ".role", "key {} has another role", in_quotes(key.label));
      }
    }
    if (i > 0 && activation.from < r.activations[i - 1].from) {
      fail(at + ".from", "activations must stand in order of time");
    }
    const auto before = r.activations.begin() + static_cast<std::ptrdiff_t>(i);
    const bool has_one_before = std::any_of(
        r.activations.begin(), before, [&](const auto& a) { return a.role == activation.role; });
    if (activation.overlap > Duration() && !has_one_before) {
      fail(at + ".overlap", "no key signs before {} that could sign beside it",
           in_quotes(activation.label));
    }
  }
  for (const auto role : {registry::KeyRole::ksk, registry::KeyRole::zsk}) {
    const bool found = std::any_of(r.activations.begin(), r.activations.end(),
                                   [&](const auto& a) { return a.role == role; });
    if (!found) {
      fail(path + ".activations", "no {} is ever active",
           role == registry::KeyRole::ksk ? "KSK" : "ZSK");
    }
  }
  if (r.repair) {
    reference(path + ".repair.key", "key", r.repair->key_label, labels);
    if (!r.repair->withdraw_label.empty()) {
      reference(path + ".repair.withdraw", "key", r.repair->withdraw_label, labels);
    }
    if (r.checkers.empty() && !r.gate) {
      fail(path + ".repair", "a repair follows an alert; add checkers");
    }
  }
}

void Checks::times_of(const RegistrySpec& r, const std::string& path) {
  if (r.signatures.refresh >= r.signatures.lifetime) {
    fail(path + ".signatures", "refresh {} is not shorter than lifetime {}",
         r.signatures.refresh.to_text(), r.signatures.lifetime.to_text());
  }
  for (std::size_t i = 0; i < r.publication.size(); ++i) {
    const std::string at = fmt::format("{}.publication[{}].from", path, i);
    const SimTime from = r.publication[i].from;
    if (i == 0 && from > s_.run.from) fail(at, "the first phase starts after the run");
    if (i > 0 && from <= r.publication[i - 1].from) fail(at, "phases must stand in order of time");
  }
  for (std::size_t i = 0; i < r.batches.size(); ++i) {
    const std::string at = fmt::format("{}.batches[{}].at", path, i);
    if (r.batches[i].at > s_.run.until) in_run(at, r.batches[i].at);
    if (i > 0 && r.batches[i].at <= r.batches[i - 1].at) {
      fail(at, "batches must stand in order of time");
    }
  }
  for (std::size_t i = 0; i < r.pins.size(); ++i) {
    const std::string at = fmt::format("{}.pins[{}]", path, i);
    reference(at + ".hsm", "HSM", r.pins[i].hsm, r.hsms);
    if (!r.pins[i].owner.is_at_or_below(r.zone)) {
      fail(at + ".owner", "{} is not in zone {}", r.pins[i].owner.to_text(), r.zone.to_text());
    }
  }
  ordered(path + ".propagation", "delay", r.propagation.delay_min, r.propagation.delay_max);
  if (r.repair && !r.publication.empty() && r.repair->roll_back_to < r.publication[0].from) {
    fail(path + ".repair.roll_back_to", "the first version is signed at {}, later than that",
         r.publication[0].from.to_text());
  }
  if (r.repair) {
    ordered(path + ".repair", "distribution_delay", r.repair->distribution_delay_min,
            r.repair->distribution_delay_max);
  }
}

void Checks::registries() {
  const auto zones = all(s_.zones, [](const ZoneSpec& x) { return x.apex.to_text(); });
  unique("registries", "zone",
         all(s_.registries, [](const RegistrySpec& x) { return x.zone.to_text(); }));
  for (std::size_t i = 0; i < s_.registries.size(); ++i) {
    const RegistrySpec& registry = s_.registries[i];
    const std::string path = fmt::format("registries[{}]", i);
    reference(path + ".zone", "zone", registry.zone.to_text(), zones);
    for (const ZoneSpec& zone : s_.zones) {
      if (zone.apex != registry.zone || zone.denial.kind != Denial::unsigned_zone) continue;
      fail(path + ".zone", "a registry signs its zone, and {} is unsigned", zone.apex.to_text());
    }
    const bool is_sampled = registry.gate && registry.gate->scope == registry::GateScope::sample;
    for (const ZoneSpec& zone : s_.zones) {
      if (zone.apex != registry.zone || zone.population || !is_sampled) continue;
      fail(path + ".gate.scope", "zone {} has no population to draw a sample from",
           zone.apex.to_text());
    }
    if (registry.hsms.empty()) fail(path + ".hsms", "keys need an HSM");
    keys_of(registry, path);
    times_of(registry, path);
  }
}

void Checks::clients() {
  const auto stubs = all(s_.stubs, [](const clients::StubRule& x) { return x.name; });
  unique("stubs", "name", stubs);
  unique("profiles", "name",
         all(s_.profiles, [](const resolver::ResolverProfile& x) { return x.name; }));
  unique("cohorts", "name", all(s_.cohorts, [](const CohortSpec& x) { return x.name; }));
  for (std::size_t i = 0; i < s_.cohorts.size(); ++i) {
    const CohortSpec& cohort = s_.cohorts[i];
    const std::string path = fmt::format("cohorts[{}]", i);
    std::uint64_t sum = 0;
    for (std::size_t j = 0; j < cohort.stubs.size(); ++j) {
      sum += cohort.stubs[j].share_ppm;
      reference(fmt::format("{}.stubs[{}].stub", path, j), "stub", cohort.stubs[j].stub, stubs);
    }
    whole(path + ".stubs", sum);
    if (cohort.lookups_per_day_max != 0 &&
        cohort.lookups_per_day_max < cohort.lookups_per_day_mean) {
      fail(path + ".lookups_per_day_max", "the cap {} is under the mean {}",
           cohort.lookups_per_day_max, cohort.lookups_per_day_mean);
    }
  }
  const DemandSpec& demand = s_.demand;
  std::vector<std::string> populated;
  for (const ZoneSpec& zone : s_.zones) {
    if (zone.population) populated.push_back(zone.apex.to_text());
  }
  reference("demand.zone", "populated zone", demand.zone.to_text(), populated);
  if (demand.head_names == 0 && demand.head_share_ppm > 0) {
    fail("demand.head_share", "no head_names among whom to divide this share");
  }
  if (demand.diurnal_permille.size() != 24) {
    fail("demand.diurnal_permille", "expected 24 numbers, one for each hour, not {}",
         demand.diurnal_permille.size());
  } else if (std::all_of(demand.diurnal_permille.begin(), demand.diurnal_permille.end(),
                         [](std::uint16_t rate) { return rate == 0; })) {
    fail("demand.diurnal_permille", "all hours are 0: nobody would ever ask");
  }
}

void Checks::operator_names(const OperatorAction& action, const std::string& path) {
  const bool watches = action.act == OperatorAct::watch_failures;
  const bool is_for_all =
      action.act == OperatorAct::flush_bogus || action.act == OperatorAct::flush_everything;
  if (action.popular > 0) {
    if (watches || is_for_all) fail(path + ".popular", "this act is not done name by name");
    if (!action.name.is_root()) fail(path + ".popular", "name is there too; give one of them");
    if (action.popular > s_.demand.head_names) {
      fail(path + ".popular", "{} names, but demand.head_names is {}", action.popular,
           s_.demand.head_names);
    }
  }
  if (action.flush != resolver::NtaFlush::nothing && !watches &&
      action.act != OperatorAct::install_nta) {
    fail(path + ".flush", "this act installs no trust anchor; flush by an act of its own");
  }
}

void Checks::operator_watch(const OperatorAction& action, const std::string& path) {
  const bool watches = action.act == OperatorAct::watch_failures;
  if (!action.watch) {
    if (watches) fail(path, "watch_failures needs a watch");
    return;
  }
  const WatchSpec& watch = *action.watch;
  if (!watches) fail(path + ".watch", "only watch_failures has a watch");
  ordered(path + ".watch", "reaction", watch.reaction_min, watch.reaction_max);
  const std::int64_t look = watch.look.to_nanoseconds();
  if (look > 0 && watch.window.to_nanoseconds() % look != 0) {
    fail(path + ".watch.window", "window {} is no multiple of look {}", watch.window.to_text(),
         watch.look.to_text());
  }
}

void Checks::operators() {
  const auto cohorts = all(s_.cohorts, [](const CohortSpec& x) { return x.name; });
  for (std::size_t i = 0; i < s_.operators.size(); ++i) {
    const OperatorAction& action = s_.operators[i];
    const std::string path = fmt::format("operators[{}]", i);
    if (action.cohort != every_cohort) {
      reference(path + ".cohort", "cohort", action.cohort, cohorts);
    }
    in_run(path + ".from", action.from);
    in_run(path + ".until", action.until);
    span(path, action.from, action.until);
    operator_names(action, path);
    operator_watch(action, path);
  }
  for (std::size_t i = 0; i < s_.events.size(); ++i) {
    if (s_.events[i].at > s_.run.until) {
      in_run(fmt::format("events[{}].at", i), s_.events[i].at);
    }
  }
}

// Names that nobody asks for would never be forged.
void Checks::attacker() {
  if (!s_.attacker) return;
  const AttackerSpec& a = *s_.attacker;
  in_run("attacker.from", a.from);
  in_run("attacker.until", a.until);
  span("attacker", a.from, a.until);
  if (a.popular > 0 && !a.names.empty()) {
    fail("attacker.popular", "names are there too; give one of them");
  } else if (a.popular == 0 && a.names.empty()) {
    fail("attacker", "it needs names, or popular");
  } else if (a.popular > s_.demand.head_names) {
    fail("attacker.popular", "{} names, but demand.head_names is {}", a.popular,
         s_.demand.head_names);
  }
  for (const dns::Name& name : a.names) {
    if (!may_be_asked_for(name, s_)) {
      fail("attacker.names", "{} is no name that clients ask for: those are members of {}",
           name.to_text(), s_.demand.zone.to_text());
    }
  }
  const bool guesses = a.position == replay::Attacker::Position::off_path;
  if (guesses && a.success_ppm == whole_ppm) {
    fail("attacker.success", "nobody off path comes first each time; on_path may be at 100 %");
  }
}

// What the metric of an expectation needs besides a span.
void Checks::measured(const Expectation& e, const std::string& path) {
  const MetricNeeds needs = needs_of(e.metric);
  if (needs.baseline && s_.baseline.empty()) {
    fail(path + ".metric", "it compares with a baseline; name a counterfactual as baseline");
  }
  const std::int64_t bin = s_.run.bin.to_nanoseconds();
  const bool has_bins = needs.baseline || needs.bins;
  if (has_bins && bin > 0 && e.bin.to_nanoseconds() % bin != 0) {
    fail(path + ".bin", "bin {} is no multiple of run.bin {}", e.bin.to_text(),
         s_.run.bin.to_text());
  }
  if (!needs.zone) return;
  const auto zone = std::find_if(s_.zones.begin(), s_.zones.end(),
                                 [&](const ZoneSpec& z) { return z.apex == e.zone; });
  const bool has_registry = std::any_of(s_.registries.begin(), s_.registries.end(),
                                        [&](const RegistrySpec& r) { return r.zone == e.zone; });
  if (zone == s_.zones.end()) {
    reference(path + ".zone", "zone", e.zone.to_text(),
              all(s_.zones, [](const ZoneSpec& x) { return x.apex.to_text(); }));
  } else if (needs.registry && !has_registry) {
    fail(path + ".zone", "zone {} has no registry", e.zone.to_text());
  } else if (needs.population && !zone->population) {
    fail(path + ".zone", "zone {} has no population to sample", e.zone.to_text());
  } else if (needs.name && !e.name.is_at_or_below(e.zone)) {
    fail(path + ".name", "{} is not in zone {}", e.name.to_text(), e.zone.to_text());
  }
}

void Checks::expectations() {
  const auto cohorts = all(s_.cohorts, [](const CohortSpec& x) { return x.name; });
  const auto worlds = all(s_.counterfactuals, [](const Variant& x) { return x.name; });
  unique("expect", "id", all(s_.expect, [](const Expectation& x) { return x.id; }));
  unique("counterfactuals", "name", worlds);
  if (!s_.baseline.empty()) reference("baseline", "counterfactual", s_.baseline, worlds);
  unique("policies", "name", all(s_.policies, [](const Variant& x) { return x.name; }));
  for (std::size_t i = 0; i < s_.expect.size(); ++i) {
    const Expectation& e = s_.expect[i];
    const std::string path = fmt::format("expect[{}]", i);
    if (!e.cohort.empty()) reference(path + ".cohort", "cohort", e.cohort, cohorts);
    for (const std::string& cohort : e.cohorts) {
      reference(path + ".cohorts", "cohort", cohort, cohorts);
    }
    if (!e.cohort.empty() && !e.cohorts.empty()) {
      fail(path + ".cohorts", "cohort is there too; give one of them");
    }
    measured(e, path);
    in_run(path + ".from", e.from);
    in_run(path + ".until", e.until);
    span(path, e.from, e.until);
    if (e.min > e.max) fail(path + ".min", "min {} is over max {}", e.min, e.max);
    if (e.min == unbounded_min && e.max == unbounded_max) {
      fail(path, "{} fits any value: give min or max", in_quotes(e.id));
    }
    if (!e.counterfactual.empty()) {
      reference(path + ".counterfactual", "counterfactual", e.counterfactual, worlds);
    } else if (e.kind == ExpectationKind::consequence) {
      fail(path, "the consequence {} needs a counterfactual in which it fails", in_quotes(e.id));
    }
  }
}

}  // namespace

void check_scenario(const ResolvedScenario& scenario, FieldReader& reader) {
  Checks checks(scenario, reader);
  checks.run();
  checks.servers_and_zones();
  checks.registries();
  checks.clients();
  checks.operators();
  checks.attacker();
  checks.expectations();
}

}  // namespace zonefall::scenario
