#include "outage_run.h"

#include <algorithm>
#include <utility>

namespace zonefall::report {
namespace {

using outcome::NameClass;
using outcome::Outcome;

SimTime at_minute(std::int64_t n) {
  return SimTime::from_unix_s(1'777'989'600 + 60 * n);  // 2026-05-05T14:00:00Z
}
constexpr std::int64_t bins = 72;
constexpr std::int64_t broken_min = 330;    // 19:30
constexpr std::int64_t nta_min = 497;       // 22:17
constexpr std::int64_t repaired_min = 555;  // 23:15

outcome::RunRecord world() {
  outcome::RunRecord r;
  r.scenario_title = "A key that signs but is not published";
  r.scenario_yaml = "title: A key that signs but is not published\n";
  r.scenario_hash = 0x0123456789abcdefULL;
  r.seed = 42;
  r.asked_zone = "example.";
  r.meta = {{"fingerprint", "00c0ffee00c0ffee"}};
  r.provenance = {{"version", "0.1.0"}, {"threads", "2"}};
  r.cohorts = {{"isp", "unbound-1.17", "plain", 20},
               {"public", "unbound-1.17", "serve-stale", 4},
               {"no validation", "bind-9.18", "plain", 10}};
  r.sites = {{"a.nic.example.", "fra", "example."},
             {"a.nic.example.", "ams", "example."},
             {"ns.hosting.example.", "one", "hosted children"}};
  for (const std::uint32_t cohort : {0U, 1U, 2U}) {
    for (std::uint64_t i = 0; i < r.cohorts[cohort].resolvers; ++i) {
      r.resolvers.push_back({cohort, 1000 * (i + 1)});
    }
  }
  return r;
}

outcome::Tally tally_of(const outcome::RunRecord& record) {
  return outcome::Tally({{at_minute(0), Duration::minutes(10), bins},
                         static_cast<std::uint32_t>(record.cohorts.size()),
                         static_cast<std::uint32_t>(record.sites.size()),
                         static_cast<std::uint32_t>(record.resolvers.size())});
}

/// Per cent of lookups whose data does not validate: a step, a climb, healing after the repair.
std::int64_t bogus_percent(std::int64_t minute) {
  if (minute < broken_min) return 0;
  if (minute < repaired_min) return std::min<std::int64_t>(20 + (minute - broken_min) / 4, 60);
  return std::max<std::int64_t>(60 - (minute - repaired_min), 0);
}

void count_demand(TestRun& run, bool has_outage) {
  const auto n = [](std::int64_t count) { return FixedCount::from_count(count); };
  for (std::int64_t bin = 0; bin < bins; ++bin) {
    const std::int64_t minute = bin * 10;
    const SimTime at = at_minute(minute);
    const std::int64_t bogus = has_outage ? bogus_percent(minute) : 0;
    const std::int64_t isp = 10'000 - 100 * bin;
    run.tally.count_lookups(0, at, Outcome::bogus_servfail, n(isp / 100 * bogus));
    const std::int64_t good = isp - isp / 100 * bogus;
    run.tally.count_lookups(0, at, Outcome::insecure, n(good / 2), NameClass::popular_unsigned);
    run.tally.count_lookups(0, at, Outcome::insecure, n(good - good / 2));
    run.tally.count_queries(0, at, Outcome::bogus_servfail, n(isp / 100 * bogus * 3));
    run.tally.count_queries(0, at, Outcome::insecure, n(isp - isp / 100 * bogus));
    run.tally.count_ede(0, at, 6, n(isp / 100 * bogus * 3));
    const bool is_under_nta = has_outage && minute >= nta_min;
    const std::int64_t hurt = is_under_nta ? 0 : bogus;
    run.tally.count_lookups(1, at, Outcome::stale, n(40 * hurt));
    run.tally.count_lookups(1, at, Outcome::cached_servfail, n(10 * hurt));
    run.tally.count_lookups(1, at, is_under_nta ? Outcome::under_nta : Outcome::secure,
                            n(5000 - 50 * hurt), NameClass::popular_signed);
    run.tally.count_queries(1, at, Outcome::secure, n(5000));
    run.tally.count_ede(1, at, 3, n(40 * hurt));
    run.tally.count_lookups(2, at, Outcome::unvalidated, n(2000));
    run.tally.count_queries(2, at, Outcome::unvalidated, n(2000));
    run.tally.count_load(0, at, n(1200 + 30 * bogus), n(600'000 + 15'000 * bogus));
    run.tally.count_load(1, at, n(600 + 15 * bogus), n(300'000 + 7500 * bogus));
    run.tally.count_load(2, at, n(6000), n(1'200'000));
  }
  run.tally.count_work(120'000, 345'678, 1'234'567);
}

void add_milestones(TestRun& run) {
  for (std::uint32_t i = 0; i < 20; ++i) {  // the last one heals after the end
    outcome::Milestones& m = run.tally.milestones(i);
    m.record_failure(at_minute(broken_min + i));
    m.record_failure(at_minute(repaired_min + i));
    if (i < 19) m.record_success(at_minute(repaired_min + 3 * i + 1));
  }
  for (std::uint32_t i = 20; i < 24; ++i) {
    outcome::Milestones& m = run.tally.milestones(i);
    m.record_failure(at_minute(broken_min + 2 * i));
    m.record_nta_installed(at_minute(nta_min));
    m.record_success(at_minute(nta_min + i - 20));
  }
}

void add_story(outcome::RunRecord& r) {
  r.events = {{at_minute(0), "noted", "An agent makes one key pair for each HSM", "final report",
               "reported"},
              {at_minute(broken_min), "registry of example.", "signs with the key of HSM 1 of 3",
               "final report", "reported"},
              {at_minute(broken_min + 4), "checker", "finds a bad signature", "run", "derived"},
              {at_minute(broken_min + 6), "checker", "finds a bad signature", "run", "derived"},
              {at_minute(nta_min), "operators of public", "install a negative trust anchor", "blog",
               "measured"},
              {at_minute(repaired_min), "registry of example.", "publishes repaired signatures",
               "final report", "reported"}};
  // Every 10 minutes, a pause while people look, every 30 minutes, one that never gets through.
  std::uint32_t serial = 100;
  const auto publish = [&](std::int64_t minute, bool everywhere) {
    r.publications.push_back({"example.", serial++, at_minute(minute - 1), at_minute(minute),
                              at_minute(minute + 1),
                              everywhere ? at_minute(minute + 2) : SimTime::max()});
  };
  for (std::int64_t minute = 10; minute <= 380; minute += 10) publish(minute, true);
  for (std::int64_t minute = repaired_min; minute < 700; minute += 30)
    publish(minute, minute < 670);
  r.expectations = {
      {"climb", "consequence", "Failures climb for hours", "a steady climb for three hours",
       "from 20 % to 60 %", true, "radar", "measured"},
      {"flat", "consequence", "Serve-stale keeps most answers", "almost flat", "12 % failed", false,
       "blog", "measured"},
      {"start", "echo", "It starts at 19:30", "19:30", "19:30", true, "final report", "reported"}};
}

}  // namespace

TestRun outage_run() {
  const outcome::RunRecord record = world();
  TestRun run{record, tally_of(record)};
  count_demand(run, true);
  add_milestones(run);
  add_story(run.record);
  run.record.provenance.insert(run.record.provenance.end(),
                               {{"changes", "cohorts[isp].resolvers = 20\nrun.bin = 10 min"},
                                {"counterfactual", "key-not-published"},
                                {"file_seed", "1"},
                                {"file_scale", "0.5"}});
  return run;
}

TestRun quiet_run() {
  const outcome::RunRecord record = world();
  TestRun run{record, tally_of(record)};
  count_demand(run, false);
  return run;
}

TestRun empty_run() {
  outcome::RunRecord record;
  record.cohorts = {{"nobody", "bind", "plain", 0}, {"unasked", "bind", "plain", 1}};
  record.resolvers = {{1, 0}};
  return {record, tally_of(record)};
}

TestRun hostile_run() {
  TestRun run = outage_run();
  const std::string attack =
      "a|b <script>alert(1)</script> &amp; `c` *d* [e](http://f) \"g\" 'h' ]]> \x1b[2J\x07 i,j\n"
      "# k \xff\xfe \xe2\x80\xae l \xc3\xbc =1+1";
  run.record.scenario_title = attack;
  for (auto& cohort : run.record.cohorts) {
    cohort.name = "```\n" + cohort.name + attack;
    cohort.profile += attack;
    cohort.policy += attack;
  }
  for (auto& site : run.record.sites) site = {site.server + attack, attack, site.zone + attack};
  for (auto& event : run.record.events) event = {event.at, attack, attack, attack, attack};
  for (auto& version : run.record.publications) version.zone = attack;
  for (auto& e : run.record.expectations) {
    e.id += attack;
    for (std::string* text : {&e.statement, &e.published, &e.measured, &e.source, &e.confidence}) {
      *text = attack;
    }
  }
  run.record.meta.emplace_back(attack, attack);
  for (auto& [key, value] : run.record.provenance) value = attack;
  run.record.provenance.emplace_back(attack, attack);
  run.record.scale = attack;
  run.record.asked_zone = attack;
  run.record.scenario_yaml = attack;
  return run;
}

std::string write_run(const TestRun& run, const std::string& path) {
  const auto written =
      outcome::write_store({path, outcome::Overwrite::results}, run.record, run.tally);
  ZF_ASSERT(written.ok());
  return path;
}

}  // namespace zonefall::report
