#include "registry/gate.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "registry/checker.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/rng.h"
#include "zonefall/dnssec/key.h"
#include "zonefall/dnssec/signature.h"
#include "zonefall/dnssec/validate.h"

namespace zonefall::registry {
namespace {

const dnssec::IdentityVerifier verifier;

}  // namespace

/// One version and its keys.
struct Gate::Checked {
  const authority::ZoneVersion& version;
  dnssec::ZoneKeys keys;
  SimTime now;

  [[nodiscard]] dns::SignedRRset with_signatures(const dns::RRsetPtr& rrset) const {
    return {rrset, version.signatures(rrset).rrsigs};
  }
  [[nodiscard]] std::optional<dnssec::Verdict> failure_of(const dns::RRsetPtr& rrset) const {
    const auto judged = dnssec::validate_rrset({verifier}, with_signatures(rrset), keys, now);
    if (is_failure(judged.verdict)) return judged.verdict;
    return std::nullopt;
  }
  [[nodiscard]] std::optional<dnssec::Verdict> failure_at_apex(const dns::RRset& parent_ds) const {
    const auto judged =
        dnssec::validate_dnskeys({verifier}, with_signatures(version.dnskeys()), parent_ds, now);
    if (is_failure(judged.verdict)) return judged.verdict;
    std::vector<dns::RRsetPtr> rrsets = version.node(version.apex()).rrsets;
    rrsets.push_back(version.content().denial()->matching(version.apex()));
    for (const dns::RRsetPtr& rrset : rrsets) {
      if (rrset->type() == dns::RRType::dnskey) continue;
      if (auto failure = failure_of(rrset)) return failure;
    }
    return std::nullopt;
  }
  /// Of a pair whose signatures the published keys verify. With many keys of one tag a validator
  /// may give up before it has tried all.
  [[nodiscard]] bool is_published(const dnssec::KeyPair& pair) const {
    if (keys.keys.size() > dnssec::ValidationLimits().keys_per_tag_max) return false;
    return std::any_of(keys.keys.begin(), keys.keys.end(), [&](const dns::DnskeyRdata& key) {
      return dnssec::key_pair_id(key) == pair.id();
    });
  }
};

Gate::Gate(const RegistryPlan& plan, SigningPlanPtr signing_plan, dns::RRsetPtr parent_ds)
    : plan_(plan), signing_plan_(std::move(signing_plan)), parent_ds_(std::move(parent_ds)) {}

std::optional<dnssec::Verdict> Gate::failure(const authority::ZoneVersion& version, SimTime now) {
  if (version.dnskeys() == nullptr) {
    return dnssec::Verdict::of(dnssec::Reason::dnskey_rrset_missing, plan_.zone,
                               dns::RRType::dnskey);
  }
  const Checked checked{version, dnssec::zone_keys(*version.dnskeys()), now};
  if (auto failure = checked.failure_at_apex(*parent_ds_)) return failure;
  switch (plan_.gate->scope) {
    case GateScope::apex: return std::nullopt;
    case GateScope::sample: return failure_in_sample(checked);
    case GateScope::whole_zone: return failure_in_whole_zone(checked);
  }
  return std::nullopt;
}

std::optional<dnssec::Verdict> Gate::failure_in_sample(const Checked& checked) const {
  static const std::uint64_t samples = purpose("gate sample");
  const auto signed_at = static_cast<std::uint64_t>(checked.version.signed_at().to_nanoseconds());
  Rng rng({plan_.seed, signed_at, samples});
  for (std::uint32_t i = 0; i < plan_.gate->sample && !plan_.checked_names.empty(); ++i) {
    const dns::Name& name = plan_.checked_names[rng.below(plan_.checked_names.size())];
    auto verdict =
        verdict_on({verifier}, checked.version, parent_ds_, {name, dns::RRType::ds}, checked.now);
    if (is_failure(verdict)) return verdict;
  }
  return std::nullopt;
}

// Millions of RRsets: where it follows from keys and times that all are well, none is looked at,
// and what was bad in the version before is looked at first.
std::optional<dnssec::Verdict> Gate::failure_in_whole_zone(const Checked& checked) {
  const authority::ZoneVersion& version = checked.version;
  const auto is_published = [&](const dnssec::KeyPair& pair) { return checked.is_published(pair); };
  if (signing_plan_->is_good_throughout(version.signed_at(), checked.now, is_published)) {
    return std::nullopt;
  }
  if (last_bad_ != nullptr && last_content_ == &version.content()) {
    if (auto failure = checked.failure_of(last_bad_)) return failure;
  }
  last_bad_ = nullptr;  // it may be of another content
  std::optional<dnssec::Verdict> failure;
  const auto check = [&](const dns::RRsetPtr& rrset) {
    if (failure) return;
    failure = checked.failure_of(rrset);
    if (failure) last_bad_ = rrset;
  };
  version.content().denial()->for_each(check);
  if (!failure) {
    version.content().for_each_node([&](const dns::Name& owner, const authority::Node& node) {
      const bool is_signed = node.kind != authority::NodeKind::occluded && owner != version.apex();
      if (failure || !is_signed) return;
      const bool is_cut = node.kind == authority::NodeKind::delegation;
      for (const dns::RRsetPtr& rrset : node.rrsets) {
        if (!is_cut || rrset->type() == dns::RRType::ds) check(rrset);
      }
    });
  }
  last_content_ = &version.content();
  return failure;
}

std::vector<Release> pass_gate(Gate& gate, Duration check_time,
                               const std::vector<authority::ZoneVersionPtr>& versions) {
  std::vector<Release> releases;
  SimTime free_at = SimTime::min();
  for (std::size_t i = 0; i < versions.size(); ++i) {
    const bool is_overtaken = i + 1 < versions.size() && versions[i + 1]->signed_at() <= free_at;
    if (is_overtaken) continue;
    const SimTime signed_at = versions[i]->signed_at();
    free_at = std::max(free_at, signed_at) + check_time;
    releases.push_back({signed_at, free_at, gate.failure(*versions[i], free_at)});
  }
  return releases;
}

}  // namespace zonefall::registry
