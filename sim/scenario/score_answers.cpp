#include "scenario/score_answers.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "zonefall/authority/answer.h"
#include "zonefall/dnssec/validate.h"
#include "zonefall/replay/replay.h"

namespace zonefall::scenario {

namespace {

// Of those without DS all hang on the apex; a share of DS is known within two percentage points.
constexpr std::uint64_t asked_without_ds = 200;
constexpr std::uint64_t asked_with_ds = 2'000;
constexpr std::size_t inquired_members = 3;  // each lives a resolver's life up to then

const dnssec::IdentityVerifier verifier;

enum class Delegation : std::uint8_t { with_ds, without_ds };

// An even sample of members of one kind, `count` at most.
std::vector<dns::Name> members(const authority::ZoneVersion& version,
                               const PopulationSpec& population, Delegation wanted,
                               std::uint64_t count) {
  std::vector<dns::Name> names;
  const std::uint64_t step = std::max<std::uint64_t>(1, population.size / (count * 100));
  for (std::uint64_t id = 0; id < population.size && names.size() < count; id += step) {
    const std::string label = fmt::format("{}{}", population.label_prefix, id);
    dns::Name name = version.apex().prepend(label).value();
    const bool has_ds = version.node(name).find(dns::RRType::ds) != nullptr;
    if (has_ds == (wanted == Delegation::with_ds)) names.push_back(std::move(name));
  }
  return names;
}

bool is_bogus(const authority::ZoneVersion& version, const dns::Name& name, Delegation delegation,
              SimTime now) {
  const dnssec::ZoneKeys keys = dnssec::zone_keys(*version.dnskeys());
  const authority::Answer answer = authority::answer(version, {name, dns::RRType::a}, {});
  const auto& authority = answer.message->authority;
  if (delegation == Delegation::without_ds) {
    const auto judged = dnssec::validate_denial(
        {verifier}, {dnssec::Denial::no_ds_referral, name, dns::RRType::ds}, authority, keys, now);
    return judged.verdict.security == dnssec::Security::bogus;
  }
  for (const dns::SignedRRset& entry : authority) {
    if (entry.rrset->type() != dns::RRType::ds) continue;
    const auto judged = dnssec::validate_rrset({verifier}, entry, keys, now);
    return judged.verdict.security != dnssec::Security::secure;
  }
  return true;
}

// Of the sample's referrals, asked of each site once a bin, the share that is bogus.
double bogus_referrals(const BuiltScenario& built, const PopulationSpec& population,
                       const Expectation& e, Delegation delegation) {
  const BuiltZone& zone = *built.find_zone(e.zone);
  const std::vector<dns::Name> names =
      members(*zone.history->entries().front().version, population, delegation,
              delegation == Delegation::with_ds ? asked_with_ds : asked_without_ds);
  std::map<std::size_t, std::uint64_t> bogus_by_version;
  std::uint64_t bogus = 0;
  std::uint64_t asked = 0;
  std::vector<Span> bins = bins_of(e);
  if (bins.empty()) bins.push_back({e.from, e.from});
  for (const Span& bin : bins) {
    for (const authority::SiteZone& site : zone.run->sites) {
      const auto index = site.index_at(bin.from);
      if (!index) continue;
      const auto [known, is_new] = bogus_by_version.try_emplace(*index, 0);
      const authority::ZoneVersion& version = *zone.history->entries()[*index].version;
      if (is_new) {
        known->second = static_cast<std::uint64_t>(std::count_if(
            names.begin(), names.end(),
            [&](const dns::Name& name) { return is_bogus(version, name, delegation, bin.from); }));
      }
      bogus += known->second;
      asked += names.size();
    }
  }
  return asked == 0 ? 0 : static_cast<double>(bogus) / static_cast<double>(asked);
}

FixedCount load_of_zone(const BuiltScenario& built, const outcome::Tally& tally,
                        const Expectation& e) {
  FixedCount load;
  std::uint32_t site = 0;
  const outcome::Bins& bins = tally.shape().bins;
  for (const authority::NameServer& server : built.world.servers->servers()) {
    for (const authority::Site& s : server.sites) {
      const bool serves =
          std::any_of(s.zones.begin(), s.zones.end(),
                      [&](const authority::SiteZone& z) { return z.history->apex() == e.zone; });
      for (std::uint32_t bin = 0; serves && bin < bins.count; ++bin) {
        const SimTime at = bins.start_of(bin);
        if (at >= e.from && at < e.until) load += tally.load_queries(site, bin);
      }
      site += 1;
    }
  }
  return load;
}

bool fails(const BuiltScenario& built, const replay::Inquiry& inquiry) {
  const auto answered = replay::inquire(built.world, inquiry);
  return !answered || outcome::is_failure(outcome::outcome_of(answered.value().reply));
}

}  // namespace

double bogus_proofs(const BuiltScenario& built, const PopulationSpec& population,
                    const Expectation& e) {
  return bogus_referrals(built, population, e, Delegation::without_ds);
}

double bogus_ds(const BuiltScenario& built, const PopulationSpec& population,
                const Expectation& e) {
  return bogus_referrals(built, population, e, Delegation::with_ds);
}

double answer_lines(const BuiltZone& zone, const Expectation& e) {
  const authority::ZoneVersion& version =
      *zone.history->entries()[zone.history->index_at(e.from)].version;
  const authority::Answer answer = authority::answer(version, {e.name, e.type}, {});
  std::string text = dns::to_text(*answer.message);
  std::replace(text.begin(), text.end(), '\t', ' ');
  std::uint64_t lines = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    const bool is_record = !line.empty() && line.front() != ';';
    lines += is_record && line.find(e.data) != std::string_view::npos ? 1 : 0;
    at = end + 1;
  }
  return static_cast<double>(lines);
}

double load_growth(const BuiltScenario& built, const outcome::Tally& run,
                   const outcome::Tally& baseline, const Expectation& e) {
  const double before = load_of_zone(built, baseline, e).to_double();
  return before > 0 ? load_of_zone(built, run, e).to_double() / before : 0;
}

double rescued_by_cd(const BuiltScenario& built, const BuiltZone& zone,
                     const PopulationSpec& population, const Expectation& e) {
  replay::Inquiry inquiry;
  const auto& cohorts = built.world.cohorts;
  while (inquiry.cohort + 1 < cohorts.size() && cohorts[inquiry.cohort].name != e.cohort) {
    inquiry.cohort += 1;
  }
  inquiry.at = e.from;
  std::uint64_t rescued = 0;
  const auto names = members(*zone.history->entries().front().version, population,
                             Delegation::without_ds, inquired_members);
  for (const dns::Name& name : names) {
    inquiry.question = {name, dns::RRType::a};
    inquiry.checking_disabled = false;
    const bool fails_checked = fails(built, inquiry);
    inquiry.checking_disabled = true;
    rescued += fails_checked && !fails(built, inquiry) ? 1 : 0;
  }
  return names.empty() ? 0 : static_cast<double>(rescued) / static_cast<double>(names.size());
}

}  // namespace zonefall::scenario
