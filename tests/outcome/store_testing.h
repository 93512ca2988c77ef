// What tests of stores share: a folder of their own, and a small run with something in every table.
#pragma once

#include <cstdint>
#include <string>

#include "../temp_folder.h"
#include "zonefall/outcome/store.h"

namespace zonefall::outcome {

inline SimTime minute(std::int64_t n) {
  return SimTime::from_unix_s(1'777'939'200 + 60 * n);  // 2026-05-05T00:00:00Z
}

/// 3 cohorts, 2 sites, 5 resolvers, 6 bins of 10 minutes.
inline TallyShape small_shape() {
  return {{minute(0), Duration::minutes(10), 6}, 3, 2, 5};
}

inline RunRecord small_record() {
  RunRecord r;
  r.scenario_title = "a small outage";
  r.scenario_hash = 0xfedcba9876543210ULL;
  r.seed = 18446744073709551615ULL;
  r.meta = {{"crypto", "identity"}};
  r.provenance = {{"threads", "2"}};
  r.scenario_yaml = "title: a small outage\n";
  r.asked_zone = "de";
  r.cohorts = {{"isp", "unbound", "plain", 2},
               {"stale", "unbound", "serve-stale", 1},
               {"nta", "bind", "plain", 2}};
  r.possible_harms = {Harm::outdated};
  r.sites = {{"a.nic.de", "fra", "de"}, {"a.nic.de", "ams", "de"}};
  r.resolvers = {{0, 1000}, {0, 2000}, {1, 500}, {2, 100}, {2, 0}};
  r.publications = {{"de", 1, minute(0), minute(1), minute(2), minute(3)},
                    {"de", 2, minute(20), minute(21), minute(22), SimTime::max()}};
  r.events = {{minute(20), "registry", "signs with a key of its own", "report", "reported"},
              {minute(25), "checker", "alerts", "model", "assumed"}};
  r.samples = {{minute(21), 0, "www.example.de. A", Outcome::bogus_servfail, "line 1\nline 2\n"},
               {minute(22), 2, "www.example.de. A", Outcome::stale, "kept \xc3\xbc\n"}};
  r.expectations = {
      {"peak", "consequence", "most fail", ">= 80 %", "85 %", true, "report", "reported"},
      {"start", "echo", "it starts at 00:20", "00:20", "00:21", false, "report", "measured"}};
  return r;
}

inline Tally small_tally() {
  const auto n = [](std::int64_t count) { return FixedCount::from_count(count); };
  Tally t(small_shape());
  t.count_lookups(0, minute(5), Outcome::secure, n(100));
  t.count_lookups(0, minute(25), Outcome::secure, n(25), NameClass::popular_signed);
  t.count_lookups(0, minute(25), Outcome::bogus_servfail, n(70));
  t.count_lookups(0, minute(26), Outcome::bogus_servfail, n(5), NameClass::popular_signed);
  t.count_lookups(1, minute(25), Outcome::stale, FixedCount::from_raw((10 << 20) + (1 << 19)));
  t.count_lookups(2, minute(29), Outcome::cached_servfail, n(25));
  t.count_lookups(2, minute(35), Outcome::under_nta, n(40), NameClass::rare_missing);
  t.count_harm(1, minute(25), Harm::outdated, n(4));
  t.count_queries(0, minute(25), Outcome::secure, n(50));
  t.count_queries(0, minute(25), Outcome::bogus_servfail, n(300));
  t.count_queries(2, minute(29), Outcome::timeout, n(50));
  t.count_ede(0, minute(25), 6, n(300));
  t.count_ede(1, minute(25), 3, n(21));
  t.count_ede(0, minute(26), 4711, n(2));
  t.count_load(0, minute(24), n(600), n(600'000));
  t.count_load(1, minute(24), n(1200), n(900'000));
  t.count_load(1, minute(55), n(60), n(6000));
  t.count_work(10, 30, 200);
  t.milestones(0).record_failure(minute(21));
  t.milestones(0).record_failure(minute(40));
  t.milestones(0).record_success(minute(51));
  t.milestones(1).record_failure(minute(22));
  t.milestones(1).record_success(minute(32));
  t.milestones(3).record_failure(minute(22));
  t.milestones(3).record_nta_installed(minute(30));
  t.milestones(4).record_nta_installed(minute(31));
  t.milestones(4).record_nta_removed(minute(41));
  return t;
}

}  // namespace zonefall::outcome
