// Goal: what a failing TLD costs upstream. Five names that cannot resolve are asked every second
// for 75 s; the queries that each causes in all, to the root, the TLD and the child, are those of
// the real implementation within 2 or 20 %.
#include <algorithm>
#include <cstdlib>
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

struct PolledRow {
  std::string instance, tld;
  double warm_up_s = 0, keep_warm_s = 0, polled_s = 0;
  std::string qname;
  UpstreamCounts upstream;
  std::string reason;  // why it differs; empty: it must not
};

std::vector<PolledRow> load_rows() {
  const auto table = read_tsv("tests/fidelity/polled.tsv",
                              "inst\ttable\tt_warm\tt_again\tt_polled\tqname\tup_root\tup_tld\t"
                              "up_child\treason");
  if (!table.ok()) FAIL(table.error().to_text());
  const auto number = [](const std::string& text) { return std::atof(text.c_str()); };
  const auto count = [](const std::string& text) {
    return static_cast<std::uint32_t>(std::atoi(text.c_str()));
  };
  std::vector<PolledRow> rows;
  for (const auto& [where, f] : table.value().lines) {
    rows.push_back({f[0],
                    f[1],
                    number(f[2]),
                    number(f[3]),
                    number(f[4]),
                    f[5],
                    {count(f[6]), count(f[7]), count(f[8]), ""},
                    f[9]});
  }
  return rows;
}

bool close(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t larger = std::max(a, b);
  const std::uint32_t difference = larger - std::min(a, b);
  return difference <= 2 || difference * 100 <= larger * 20;
}

bool close(const UpstreamCounts& a, const UpstreamCounts& b) {
  return close(a.root, b.root) && close(a.tld, b.tld) && close(a.child, b.child);
}

void judge(const LabTld& tld) {
  const LabZones zones(tld, at_s(0));
  const std::vector<PolledRow> rows = load_rows();
  const auto instances = load_instances();
  if (!instances.ok()) FAIL(instances.error().to_text());
  std::vector<Observation> observations;
  std::string instance;
  for (const PolledRow& row : rows) {
    if (row.tld != tld.label) continue;
    if (row.instance != instance) {
      instance = row.instance;
      const Instance* measured = find_instance(instances.value(), instance);
      REQUIRE(measured != nullptr);
      const auto config = resolver_config(zones, {measured->profile});
      if (!config.ok()) FAIL(config.error().to_text());
      LabHost host(config.value(), zones, measured->times);
      observations = LabPlan(host, tld).run(
          PlanKind::polled,
          {at_s(row.warm_up_s), at_s(row.keep_warm_s), at_s(row.polled_s), std::nullopt});
    }
    const auto seen =
        std::find_if(observations.begin(), observations.end(), [&row](const Observation& o) {
          return o.qname == row.qname && o.state.starts_with("polled");
        });
    REQUIRE(seen != observations.end());
    const UpstreamCounts& m = row.upstream;
    const UpstreamCounts& s = seen->upstream;
    const std::string text = fmt::format("{:<7} {:<10} T{} C{} R{} | T{} C{} R{}", row.instance,
                                         row.qname, m.tld, m.child, m.root, s.tld, s.child, s.root);
    fmt::print("  {} {}{}\n", close(m, s) ? ' ' : '!', text,
               row.reason.empty() ? "" : "  [" + row.reason + "]");
    INFO(text);
    if (row.reason.empty()) {
      CHECK(close(m, s));
    } else {
      CHECK_FALSE(close(m, s));  // else the reason is out of date
    }
  }
  CHECK_FALSE(instance.empty());
}

TEST_CASE("upstream load with the TTLs of .de: table lp") {
  judge({"lp", TtlFamily::as_de, LabFault::other_private_key, 6});
}
TEST_CASE("upstream load with TTLs of 30 s: table qp") {
  judge({"qp", TtlFamily::thirty_seconds, LabFault::other_private_key, 7});
}

}  // namespace
}  // namespace zonefall::fidelity
