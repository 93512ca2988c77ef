// Goal: how long stale answers last. Three names that were warmed and have expired, all with what
// leads to them, are asked every second for 200 s of an outage; each second's answer is that of the
// real implementation, but within a second of a change, and so is what the name costs the TLD.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "lab_host.h"
#include "lab_plan.h"
#include "lab_runs.h"
#include "lab_world.h"
#include "measured.h"
#include "tsv.h"

namespace zonefall::fidelity {
namespace {

/// What was answered from one second to another, both included.
struct Span {
  std::string fault, name, profile;
  int from_s = 0, to_s = 0;
  Seen seen;
  bool any_ede = false;  // "*": the codes came and went
  std::optional<std::uint32_t> ttl_s;
  std::string reason;  // why it differs; empty: it must not

  [[nodiscard]] bool fits(const Observation& o) const {
    return o.rcode == seen.rcode && o.authentic_data == seen.authentic_data &&
           (any_ede || o.ede_codes == seen.ede_codes) && (!ttl_s || o.ttl_s == ttl_s);
  }
};

std::vector<Span> load_spans() {
  const auto table = read_tsv("tests/fidelity/stale_polled.tsv",
                              "fault\tname\tprofile\tfrom_s\tto_s\trcode\tad\tede\tttl\treason");
  if (!table.ok()) FAIL(table.error().to_text());
  std::vector<Span> spans;
  for (const auto& [where, f] : table.value().lines) {
    Span span{f[0],
              f[1],
              f[2],
              std::atoi(f[3].c_str()),
              std::atoi(f[4].c_str()),
              {f[5], f[6] == "1", {}},
              f[7] == "*",
              std::nullopt,
              f[9]};
    if (!f[7].empty() && !span.any_ede) span.seen.ede_codes = {std::atoi(f[7].c_str())};
    if (!f[8].empty()) span.ttl_s = static_cast<std::uint32_t>(std::atoi(f[8].c_str()));
    spans.push_back(span);
  }
  return spans;
}

/// Queries to the TLD in all that one name caused.
struct Load {
  std::string fault, name, profile;
  std::uint32_t up_tld = 0;
  std::string reason;  // why it differs; empty: it must not
};

std::vector<Load> load_loads() {
  const auto table =
      read_tsv("tests/fidelity/stale_polled_load.tsv", "fault\tname\tprofile\tup_tld\treason");
  if (!table.ok()) FAIL(table.error().to_text());
  std::vector<Load> loads;
  for (const auto& [where, f] : table.value().lines) {
    loads.push_back({f[0], f[1], f[2], static_cast<std::uint32_t>(std::atoi(f[3].c_str())), f[4]});
  }
  return loads;
}

/// Warm-up, fault and first query as in the lab, where A RRsets had expired 32 s before it.
const Schedule schedule{at_s(0), at_s(1), at_s(42), std::nullopt};
const LabTimes times{at_s(0), at_s(5), at_s(1000)};

std::vector<Observation> polled(const LabZones& zones, const std::string& profile) {
  const auto config = resolver_config(zones, {profile});
  if (!config.ok()) FAIL(config.error().to_text());
  LabHost host(config.value(), zones, times);
  return LabPlan(host, zones.tld()).run(PlanKind::stale_polled, schedule);
}

bool is_answer_to(const Observation& o, const std::string& name) {
  return o.state.starts_with("expired") && o.qname.starts_with(name + ".");
}

/// The answers that come in the span, but for the seconds beside another span.
std::vector<Observation> in_span(const std::vector<Observation>& all, const Span& span) {
  std::vector<Observation> some;
  for (const Observation& o : all) {
    const int second = static_cast<int>((o.asked_at - schedule.matrix).to_seconds());
    const int from_s = span.from_s + (span.from_s == 0 ? 0 : 1);
    const int to_s = span.to_s - (span.to_s == span.from_s ? 0 : 1);
    if (is_answer_to(o, span.name) && second >= from_s && second <= to_s) some.push_back(o);
  }
  return some;
}

void judge(const Span& span, const std::vector<Observation>& all) {
  const auto answers = in_span(all, span);
  const auto fitting = std::count_if(answers.begin(), answers.end(),
                                     [&span](const Observation& o) { return span.fits(o); });
  const std::string text = fmt::format(
      "{} {:<7} {:<22} {:>3} s to {:>3} s {:<14} {:>3} of {:>3} answers", span.fault, span.name,
      span.profile, span.from_s, span.to_s, to_text(span.seen), fitting, answers.size());
  fmt::print("  {}{}\n", text, span.reason.empty() ? "" : "  [" + span.reason + "]");
  INFO(text);
  CHECK_FALSE(answers.empty());
  const bool agrees = static_cast<std::size_t>(fitting) == answers.size();
  CHECK(agrees == span.reason.empty());  // else the reason is missing, or out of date
}

/// Within 2 or 20 %, as other sums of upstream queries (test_polled.cpp).
void judge(const Load& load, const std::vector<Observation>& all) {
  std::uint32_t sum = 0;
  for (const Observation& o : all) {
    if (is_answer_to(o, load.name)) sum += o.upstream.tld;
  }
  const std::uint32_t larger = std::max(sum, load.up_tld);
  const std::uint32_t difference = larger - std::min(sum, load.up_tld);
  const std::string text = fmt::format("{} {:<7} {:<22} T{} | T{}", load.fault, load.name,
                                       load.profile, load.up_tld, sum);
  fmt::print("  {}{}\n", text, load.reason.empty() ? "" : "  [" + load.reason + "]");
  INFO(text);
  CHECK((difference <= 2 || difference * 100 <= larger * 20) == load.reason.empty());
}

void judge(const LabTld& tld, const std::string& fault) {
  const LabZones zones(tld, at_s(0));
  std::map<std::string, std::vector<Observation>> by_profile;
  for (const Span& span : load_spans()) {
    if (span.fault != fault) continue;
    auto [found, is_new] = by_profile.try_emplace(span.profile);
    if (is_new) found->second = polled(zones, span.profile);
    judge(span, found->second);
  }
  CHECK_FALSE(by_profile.empty());
  for (const Load& load : load_loads()) {
    if (load.fault == fault) judge(load, by_profile.at(load.profile));
  }
}

TEST_CASE("stale answers for 200 s while the TLD's signatures are wrong") {
  judge({"qv", TtlFamily::thirty_seconds, LabFault::other_private_key, 20}, "a");
}
TEST_CASE("stale answers for 200 s while the DS is wrong") {
  judge({"qw", TtlFamily::thirty_seconds, LabFault::ds_mismatch, 21}, "d");
}
TEST_CASE("stale answers for 200 s while the servers are silent") {
  judge({"qu", TtlFamily::thirty_seconds, LabFault::silence, 22}, "t");
}

}  // namespace
}  // namespace zonefall::fidelity
