#include "scenario/scenario_fields.h"

#include <array>

#include "scenario/profile_knobs.h"

namespace zonefall::scenario {
namespace {

constexpr std::string_view act_word(OperatorAct act) {
  switch (act) {
    case OperatorAct::install_nta: return "install_nta";
    case OperatorAct::remove_nta: return "remove_nta";
    case OperatorAct::flush_name: return "flush_name";
    case OperatorAct::flush_subtree: return "flush_subtree";
    case OperatorAct::flush_bogus: return "flush_bogus";
    case OperatorAct::flush_everything: return "flush_everything";
    case OperatorAct::watch_failures: return "watch_failures";
  }
  return "";
}

constexpr std::string_view nta_flush_word(resolver::NtaFlush flush) {
  switch (flush) {
    case resolver::NtaFlush::nothing: return "nothing";
    case resolver::NtaFlush::bogus: return "bogus";
    case resolver::NtaFlush::subtree: return "subtree";
  }
  return "";
}

constexpr std::string_view position_word(replay::Attacker::Position position) {
  switch (position) {
    case replay::Attacker::Position::off_path: return "off_path";
    case replay::Attacker::Position::on_path: return "on_path";
  }
  return "";
}

constexpr std::array<DurationWord, 1> never_words = {{{"never", Duration::seconds(0)}}};
constexpr DurationRange up_to_a_day = {Duration::seconds(0), Duration::days(1)};
constexpr DurationRange part_of_a_day = {Duration::seconds(1), Duration::days(1)};
// RFC 7646 2 wants them limited; BIND's rndc nta takes no longer one either.
constexpr DurationRange nta_lifetime = {Duration::seconds(1), Duration::days(7)};

constexpr std::uint64_t lookups_max = 1'000'000'000'000;

void describe_run(Fields& f, RunSettings& r) {
  f.time(required_choice("from", "start"), r.from);
  f.time(required_choice("until", "end"), r.until);
  f.duration(choice("bin", "width of the bins of time series"), r.bin,
             {Duration::seconds(1), Duration::days(1)});
  f.count(choice("seed", "of all random numbers"), r.seed,
          {0, std::numeric_limits<std::uint64_t>::max(), ""});
  f.share_ppm(choice("scale", "share of each cohort's resolvers that is simulated"), r.scale_ppm);
}

void describe_demand(Fields& f, DemandSpec& d) {
  f.name(required_choice("zone", "whose population is asked for"), d.zone);
  f.counts(fact("diurnal_permille", "rates by hour of the day (UTC), of the mean"),
           d.diurnal_permille, {0, 10'000, "permille"});
  f.count(fact("head_names", "names with a Zipf popularity"), d.head_names,
          {0, 1'000'000, "names"});
  f.decimal(fact("zipf_exponent", "of their popularity"), d.zipf_exponent, {0, 3});
  f.share_ppm(fact("head_share", "share of lookups for them; the rest is uniform"),
              d.head_share_ppm);
  f.share_ppm(fact("missing_share", "share of lookups of names that do not exist"),
              d.missing_share_ppm);
}

void describe_stub(Fields& f, clients::StubRule& s) {
  f.text(required_choice("name", "of the rule"), s.name);
  f.count(fact("retries_on_servfail", "further tries"), s.retries_on_servfail, {0, 20, "tries"});
  f.duration(fact("pause_on_servfail", "before each"), s.pause_on_servfail,
             {Duration::seconds(0), Duration::minutes(1)});
  f.flag(fact("next_server_on_servfail", "they go to the next resolver"),
         s.next_server_on_servfail);
  f.duration(fact("timeout", "wait for a reply"), s.timeout,
             {Duration::milliseconds(1), Duration::minutes(1)});
  f.count(fact("retries_on_timeout", "further tries after silence"), s.retries_on_timeout,
          {0, 20, "tries"});
}

void describe_cohort(Fields& f, CohortSpec& c, const ProfileHook& hook) {
  f.text(required_choice("name", "of the cohort"), c.name);
  f.text(choice("title", "for people"), c.title);
  f.text(required_choice("profile", "one of `profiles`, else a file of profiles/, without .yaml"),
         c.profile);
  hook(c);
  f.overrides(choice("knobs", "settings that differ from the profile's"),
              [&] { describe(f, c.knobs); });
  f.count(required_fact("resolvers", "how many"), c.resolvers, {1, 10'000'000, "resolvers"});
  f.count(required_fact("lookups_per_day_mean", "of one resolver"), c.lookups_per_day_mean,
          {1, lookups_max, "lookups"});
  f.count(fact("lookups_per_day_max", "cap; 0: none"), c.lookups_per_day_max,
          {0, lookups_max, "lookups"});
  f.decimal(fact("rate_shape", "of the Pareto distribution of rates"), c.rate_shape, {1.01, 10});
  f.list(required_choice("stubs", "rules of its clients; shares make 100 %"), c.stubs,
         [&](StubShare& s) {
           f.text(required_choice("stub", "name of a rule"), s.stub);
           f.share_ppm(required_fact("share", "of the lookups"), s.share_ppm);
         });
}

void describe_watch(Fields& f, WatchSpec& w) {
  f.duration(fact("look", "time between looks at what the resolver counts"), w.look, part_of_a_day);
  f.duration(fact("window", "a look counts resolutions that ended within this; multiple of look"),
             w.window, part_of_a_day);
  f.share_ppm(required_fact("share", "of them whose validation fails: enough to be failing"),
              w.share_ppm);
  f.count(fact("failures_min", "and at least so many"), w.failures_min, {1, 1'000'000, "failures"});
  f.duration(required_fact("lasting", "failing at each look for so long alarms the operator"),
             w.lasting, up_to_a_day);
  f.duration(required_fact("reaction_min", "from the alarm to the trust anchor: the quickest"),
             w.reaction_min, up_to_a_day);
  f.duration(required_fact("reaction_max", "the slowest"), w.reaction_max, up_to_a_day);
  f.duration(fact("lifetime", "of the negative trust anchor (RFC 7646)"), w.lifetime, nta_lifetime);
  f.duration(required_fact("probe", "interval at which it is tested and dropped if not needed"),
             w.probe, {Duration::seconds(0), Duration::days(7), never_words});
}

void describe_action(Fields& f, OperatorAction& a) {
  f.text(required_choice("cohort", "whose operators; \"*\": of every cohort"), a.cohort);
  f.word<act_word>(required_fact("act", "what they do"), a.act);
  f.name(fact("name", "to which name"), a.name);
  f.count(fact("popular", "to so many of the most popular names, instead of `name`"), a.popular,
          {0, 10'000, "names"});
  f.word<nta_flush_word>(fact("flush", "what they flush as they install a trust anchor"), a.flush);
  f.time(required_fact("from", "the first of them"), a.from);
  f.time(required_fact("until", "the last of them"), a.until);
  f.share_ppm(fact("share", "of the cohort's resolvers"), a.share_ppm);
  f.optional_block(choice("watch", "of watch_failures: when they install a trust anchor"), a.watch,
                   [&](WatchSpec& watch) { describe_watch(f, watch); });
}

void describe_attacker(Fields& f, AttackerSpec& a) {
  f.word<position_word>(required_fact("position", "off_path: he guesses; on_path: he sees queries"),
                        a.position);
  f.names(fact("names", "whose addresses he forges, as clients ask for them"), a.names);
  f.count(fact("popular", "so many of the most popular names, instead of `names`"), a.popular,
          {0, 10'000, "names"});
  f.time(required_fact("from", "he begins"), a.from);
  f.time(required_fact("until", "he has stopped"), a.until);
  f.share_ppm(
      required_fact("success", "share of exchanges about them that his response ends first"),
      a.success_ppm);
  f.duration(fact("ttl", "of what he says"), a.ttl,
             {Duration::seconds(0), Duration::seconds(2'147'483'647)});
}

void describe_variant(Fields& f, Variant& v) {
  f.text(required_choice("name", "short name"), v.name);
  f.text(required_choice("title", "for people"), v.title);
  f.texts(required_choice("set", "changes: \"path = value\", \"path += item\""), v.set);
}

}  // namespace

void describe(Fields& f, ResolvedScenario& s, const ProfileHook& hook) {
  f.count(required_choice("zonefall", "version of this format"), s.zonefall,
          {format_version, format_version, ""});
  f.text(required_choice("title", "one line"), s.title);
  f.text(required_choice("summary", "the story in plain words"), s.summary);
  f.block(required_choice("run", "what is simulated"), [&] { describe_run(f, s.run); });
  f.block(choice("network", "between resolvers and servers"),
          [&] { describe_network(f, s.network); });
  f.list(required_choice("servers", "authoritative servers"), s.servers,
         [&](ServerSpec& server) { describe_server(f, server); });
  f.list(required_choice("zones", "what they serve"), s.zones,
         [&](ZoneSpec& zone) { describe_zone(f, zone); });
  f.list(choice("registries", "who makes zone versions"), s.registries,
         [&](RegistrySpec& registry) { describe_registry(f, registry); });
  f.block(required_choice("demand", "what users ask for"), [&] { describe_demand(f, s.demand); });
  f.list(required_choice("stubs", "how clients try again"), s.stubs,
         [&](clients::StubRule& stub) { describe_stub(f, stub); });
  f.list(choice("profiles", "resolver profiles that the file brings along"), s.profiles,
         [&](resolver::ResolverProfile& profile) {
           f.text(required_choice("name", "for cohorts"), profile.name);
           f.block(choice("knobs", "as in profiles/"), [&] { describe(f, profile); });
         });
  f.list(required_choice("cohorts", "resolvers and their clients"), s.cohorts,
         [&](CohortSpec& cohort) { describe_cohort(f, cohort, hook); });
  f.list(fact("operators", "what operators do"), s.operators,
         [&](OperatorAction& action) { describe_action(f, action); });
  f.optional_block(choice("attacker", "who forges responses"), s.attacker,
                   [&](AttackerSpec& attacker) { describe_attacker(f, attacker); });
  f.list(fact("events", "what happened, for the timeline; decides nothing"), s.events,
         [&](NotedEvent& event) {
           f.time(required_fact("at", "when"), event.at);
           f.text(required_choice("what", "happened"), event.what);
         });
  f.text(choice("baseline", "counterfactual that relative metrics compare with"), s.baseline);
  f.list({"expect", "published facts", Presence::required, Evidence::required}, s.expect,
         [&](Expectation& e) { describe_expectation(f, e); });
  f.list(fact("uncertain", "values that nobody knows"), s.uncertain, [&](Uncertainty& u) {
    f.text(required_choice("path", "of the value"), u.path);
    f.text(required_choice("why", "it is not known"), u.why);
    f.texts(required_choice("values", "that it may have"), u.values);
  });
  f.list(choice("policies", "what `zonefall compare` compares"), s.policies, [&](Variant& v) {
    describe_variant(f, v);
    f.flag(choice("in_comparisons", "`zonefall compare` takes it unless told otherwise"),
           v.in_comparisons);
    f.flag(choice("in_ensembles", "`zonefall ensemble` takes it unless told otherwise"),
           v.in_ensembles);
  });
  f.list(choice("counterfactuals", "worlds in which expectations must fail"), s.counterfactuals,
         [&](Variant& v) { describe_variant(f, v); });
}

}  // namespace zonefall::scenario
