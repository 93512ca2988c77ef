#include "registry/publication.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "registry/gate.h"
#include "zonefall/core/assert.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/rng.h"
#include "zonefall/dnssec/key.h"

namespace zonefall::registry {
namespace {

constexpr std::size_t versions_max = 1'000'000;

/// The signing instants of all phases up to the end of the run.
Result<std::vector<SimTime>> signing_times(const RegistryPlan& plan) {
  std::vector<SimTime> times;
  for (std::size_t i = 0; i < plan.phases.size(); ++i) {
    const PublicationPhase& phase = plan.phases[i];
    const bool is_last = i + 1 == plan.phases.size();
    const SimTime end = is_last ? SimTime::max() : plan.phases[i + 1].from;
    for (SimTime at = phase.from; at < end && at <= plan.until; at += phase.interval) {
      times.push_back(at);
      if (times.size() > versions_max) {
        return Error{fmt::format("more than {} versions of {}", versions_max, plan.zone.to_text())};
      }
      if (phase.interval == Duration()) break;
    }
  }
  return times;
}

/// An instant in [from, until] for (what, site), at random, whole milliseconds after `from`.
SimTime draw_between(const RegistryPlan& plan, std::uint64_t what, std::uint64_t site, SimTime from,
                     SimTime until) {
  Rng rng({plan.seed, site, what});
  const auto span = static_cast<std::uint64_t>((until - from).to_milliseconds());
  return from + Duration::milliseconds(static_cast<std::int64_t>(rng.below(span + 1)));
}

std::vector<std::uint64_t> site_entities(const RegistryPlan& plan) {
  std::vector<std::uint64_t> entities;
  for (const std::string& name : plan.site_names) entities.push_back(hash_text(name));
  return entities;
}

/// When each site is released from a hold. The order is drawn, its ends are fixed.
std::vector<SimTime> release_times(const RegistryPlan& plan, const HeldDistribution& hold) {
  const std::vector<std::uint64_t> sites = site_entities(plan);
  const auto held_from = static_cast<std::uint64_t>(hold.held_from.to_nanoseconds());
  const std::uint64_t releases = hash_combine(purpose("release from hold"), held_from);
  std::vector<SimTime> times;
  times.reserve(sites.size());
  for (std::uint64_t site : sites) {
    times.push_back(draw_between(plan, releases, site, hold.release_from, hold.release_until));
  }
  *std::min_element(times.begin(), times.end()) = hold.release_from;
  *std::max_element(times.begin(), times.end()) = hold.release_until;
  return times;
}

using Loads = std::vector<SimTime>;

/// When each site would load each version if none overtook another.
std::vector<Loads> arrival_times(const RegistryPlan& plan, const std::vector<Release>& releases) {
  const std::vector<std::uint64_t> sites = site_entities(plan);
  const std::uint64_t delays = purpose("propagation delay");
  std::vector<Loads> arrivals;
  for (std::uint64_t site : sites) {
    const SimTime epoch;
    const Duration delay = draw_between(plan, delays, site, epoch + plan.propagation.delay_min,
                                        epoch + plan.propagation.delay_max) -
                           epoch;
    Loads own;
    for (const Release& release : releases) own.push_back(release.published_at + delay);
    arrivals.push_back(std::move(own));
  }
  for (const HeldDistribution& hold : plan.holds) {
    const std::vector<SimTime> released = release_times(plan, hold);
    for (std::size_t version = 0; version < releases.size(); ++version) {
      const SimTime signed_at = releases[version].signed_at;
      if (signed_at < hold.held_from || signed_at >= hold.held_until) continue;
      for (std::size_t site = 0; site < arrivals.size(); ++site) {
        SimTime& arrival = arrivals[site][version];
        arrival = std::max(arrival, released[site]);
      }
    }
  }
  return arrivals;
}

/// A version that a later one overtakes is skipped, and takes the later one's time.
void skip_overtaken(Loads& loads) {
  for (std::size_t i = loads.size(); i-- > 1;) loads[i - 1] = std::min(loads[i - 1], loads[i]);
}

std::vector<Loads> load_times(const RegistryPlan& plan, const std::vector<Release>& releases) {
  std::vector<Loads> loads = arrival_times(plan, releases);
  for (Loads& own : loads) skip_overtaken(own);
  return loads;
}

/// Of the past's versions, so early that every site has the first when the past begins.
std::vector<SimTime> past_signing_times(const RegistryPlan& plan, SimTime first_of_run) {
  std::vector<SimTime> times;
  if (plan.past == Duration()) return times;
  const Duration check = plan.gate ? plan.gate->check_time : Duration();
  const SimTime begin = plan.from - plan.past - plan.propagation.delay_max - check;
  for (SimTime at = SimTime::from_unix_s(begin.to_unix_s()); at < first_of_run;
       at += RegistryPlan::past_interval) {
    times.push_back(at);
  }
  return times;
}

/// Index of the last version that every site has at the start of the run.
std::optional<std::size_t> first_needed(const std::vector<Loads>& loads, SimTime start) {
  std::size_t index = loads.front().size();
  for (const Loads& own : loads) {
    const auto after = std::upper_bound(own.begin(), own.end(), start);
    index = std::min(index, static_cast<std::size_t>(after - own.begin()));
  }
  if (index == 0) return std::nullopt;
  return index - 1;
}

/// Instants at which the DNSKEY RRset gets another content or another signing key.
std::vector<SimTime> dnskey_changes(const RegistryPlan& plan) {
  std::vector<SimTime> times;
  for (const KeyPublication& publication : plan.publications) {
    const bool is_ever = publication.from < SimTime::max();
    if (is_ever && publication.from > SimTime::min()) times.push_back(publication.from);
    if (publication.until < SimTime::max()) times.push_back(publication.until);
  }
  for (const KeyActivation& activation : plan.signing.activations) {
    if (activation.role == KeyRole::ksk) times.push_back(activation.from);
  }
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  return times;
}

bool is_published(const KeyPublication& publication, SimTime at) {
  return at >= publication.from && at < publication.until;
}

std::vector<std::string> published_labels(const RegistryPlan& plan, SimTime at) {
  std::vector<std::string> labels;
  for (const KeyPublication& publication : plan.publications) {
    if (is_published(publication, at)) labels.push_back(publication.label);
  }
  std::sort(labels.begin(), labels.end());
  return labels;
}

/// A DNSKEY RRset that is what it was then has the signature that it had then.
void spare_restored_dnskeys(const RegistryPlan& plan, std::vector<SimTime>& changes) {
  if (!plan.signing.roll_back) return;
  const RollBack& back = *plan.signing.roll_back;
  if (published_labels(plan, back.at) == published_labels(plan, back.to)) {
    std::erase(changes, back.at);
  }
}

Result<SigningPlanPtr> make_signing_plan(const RegistryPlan& plan, const KeyStore& keys) {
  SigningPlanSettings settings = plan.signing;
  settings.zone = plan.zone;
  settings.seed = plan.seed;
  settings.dnskey_changes = dnskey_changes(plan);
  spare_restored_dnskeys(plan, settings.dnskey_changes);
  return SigningPlan::make(std::move(settings), keys);
}

/// Makes versions in order of time; neighbours share the DNSKEY RRset while it is the same.
class VersionMaker {
 public:
  VersionMaker(const RegistryPlan& plan, SigningPlanPtr signing_plan)
      : plan_(plan), signing_plan_(std::move(signing_plan)), soa_(plan.soa) {}

  authority::ZoneVersionPtr make(SimTime signed_at) {
    authority::ZoneVersionParts parts;
    parts.content = content_at(signed_at);
    parts.soa = next_soa(signed_at);
    parts.dnskeys = dnskeys_at(signed_at);
    parts.signatures = signing_plan_->source_at(signed_at);
    parts.signed_at = signed_at;
    parts.signing_digest = signing_plan_->digest_at(signed_at);
    parts.signed_ahead = {parts.soa, parts.content->denial()->matching(plan_.zone)};
    return std::make_shared<authority::ZoneVersion>(std::move(parts));
  }

 private:
  [[nodiscard]] const authority::ZoneContentPtr& content_at(SimTime at) const {
    const authority::ZoneContentPtr* content = &plan_.content;
    for (const ContentChange& change : plan_.content_changes) {
      if (change.from <= at && !is_rolled_back(change, at)) content = &change.content;
    }
    return *content;
  }

  /// Made after the version that the zone went back to, and gone since it did.
  [[nodiscard]] bool is_rolled_back(const ContentChange& change, SimTime at) const {
    if (!plan_.signing.roll_back) return false;
    const RollBack& back = *plan_.signing.roll_back;
    return at >= back.at && change.from > back.to && change.from < back.at;
  }

  dns::RRsetPtr next_soa(SimTime signed_at) {
    switch (plan_.serial_rule) {
      case SerialRule::unix_time:
        soa_.serial = static_cast<std::uint32_t>(signed_at.to_unix_s());
        break;
      case SerialRule::increment:
        if (!is_first_) soa_.serial += 1;
        break;
    }
    is_first_ = false;
    return dns::RRset::make(
        {.owner = plan_.zone, .type = dns::RRType::soa, .ttl_s = plan_.soa_ttl_s},
        {dns::encode(soa_)});
  }

  /// Null while no key is published.
  dns::RRsetPtr dnskeys_at(SimTime at) {
    std::vector<dns::Octets> rdatas;
    for (const KeyPublication& publication : plan_.publications) {
      if (!is_published(publication, at)) continue;
      rdatas.push_back(dns::encode(signing_plan_->keys().find(publication.label)->dnskey));
    }
    if (rdatas.empty()) return nullptr;
    auto made = dns::RRset::make(
        {.owner = plan_.zone, .type = dns::RRType::dnskey, .ttl_s = plan_.dnskey_ttl_s},
        std::move(rdatas));
    const bool same = dnskeys_ != nullptr && dnskeys_->content_id() == made->content_id();
    if (!same) dnskeys_ = std::move(made);
    return dnskeys_;
  }

  const RegistryPlan& plan_;
  SigningPlanPtr signing_plan_;
  dns::SoaRdata soa_;
  bool is_first_ = true;
  dns::RRsetPtr dnskeys_;
};

/// The DS RRset that stands at the parent all through the run.
dns::RRsetPtr parent_ds_of(const RegistryPlan& plan, const SigningPlan& signing) {
  if (plan.parent_ds != nullptr) return plan.parent_ds;
  constexpr std::uint32_t ttl_s = 86400;
  const SigningEvent event = signing.event_at(plan.zone, dns::RRType::dnskey, plan.from);
  const KeyRecord* ksk = signing.keys().find(signing.key_label(event));
  ZF_ASSERT(ksk != nullptr);
  const dns::DsRdata ds = dnssec::make_ds(plan.zone, ksk->dnskey, dnssec::DigestType::sha256);
  return dns::RRset::make({.owner = plan.zone, .type = dns::RRType::ds, .ttl_s = ttl_s},
                          {dns::encode(ds)});
}

/// What becomes of versions made at these times.
std::vector<Release> releases_of(const RegistryPlan& plan, const SigningPlanPtr& signing_plan,
                                 const dns::RRsetPtr& parent_ds,
                                 const std::vector<SimTime>& made_at) {
  if (!plan.gate) {
    std::vector<Release> at_once;
    at_once.reserve(made_at.size());
    for (const SimTime at : made_at) at_once.push_back({at, at});
    return at_once;
  }
  VersionMaker maker(plan, signing_plan);
  std::vector<authority::ZoneVersionPtr> versions;
  versions.reserve(made_at.size());
  for (const SimTime at : made_at) versions.push_back(maker.make(at));
  Gate gate(plan, signing_plan, parent_ds);
  return pass_gate(gate, plan.gate->check_time, versions);
}

std::vector<Release> published_ones(const std::vector<Release>& releases) {
  std::vector<Release> published;
  for (const Release& release : releases) {
    if (!release.failure) published.push_back(release);
  }
  return published;
}

/// Makes all versions in order of time, so that each has a serial of its own, and keeps those that
/// are published and those that are held.
void make_versions(const RegistryPlan& plan, const std::vector<SimTime>& made_at,
                   const std::vector<Release>& releases, Publication& publication) {
  VersionMaker maker(plan, publication.signing_plan);
  std::vector<authority::ZoneHistory::Entry> entries;
  entries.reserve(releases.size());
  auto release = releases.begin();
  for (const SimTime at : made_at) {
    const authority::ZoneVersionPtr version = maker.make(at);
    if (release == releases.end() || release->signed_at != at) continue;  // overtaken at the gate
    if (release->failure) {
      publication.held.push_back({version->serial(), at, release->published_at, *release->failure});
    } else {
      entries.push_back({release->published_at, version});
    }
    ++release;
  }
  publication.history = std::make_shared<authority::ZoneHistory>(std::move(entries));
}

}  // namespace

std::optional<SimTime> last_signing_time(const RegistryPlan& plan, SimTime at) {
  std::optional<SimTime> last;
  for (std::size_t i = 0; i < plan.phases.size(); ++i) {
    const PublicationPhase& phase = plan.phases[i];
    if (phase.from > at) break;
    const bool is_last = i + 1 == plan.phases.size();
    const SimTime next = is_last ? SimTime::max() : plan.phases[i + 1].from;
    const SimTime end = std::min(at, next - Duration::seconds(1));
    last = phase.from;
    if (phase.interval == Duration()) continue;
    const std::int64_t more = Duration::floor_divide((end - phase.from).to_nanoseconds(),
                                                     phase.interval.to_nanoseconds());
    last = phase.from + phase.interval * more;
  }
  return last;
}

Result<Publication> publish(const RegistryPlan& plan, const KeyStore& keys) {
  auto signing_plan = make_signing_plan(plan, keys);
  if (!signing_plan) return signing_plan.error();
  auto times = signing_times(plan);
  if (!times) return times.error();
  std::vector<SimTime>& made_at = times.value();
  Publication publication;
  publication.signing_plan = std::move(signing_plan).value();
  publication.parent_ds = parent_ds_of(plan, *publication.signing_plan);
  const auto released = [&] {
    return releases_of(plan, publication.signing_plan, publication.parent_ds, made_at);
  };

  const std::vector<Release> published = published_ones(released());
  const auto first = first_needed(load_times(plan, published), plan.from);
  if (!first) {
    return Error{fmt::format(
        "no version of {} reaches every site by {}: publication must begin earlier{}",
        plan.zone.to_text(), plan.from.to_text(), plan.gate ? ", or none passes the gate" : "")};
  }
  const SimTime first_at = published[*first].signed_at;
  std::erase_if(made_at, [&](SimTime at) { return at < first_at; });
  const std::vector<SimTime> past = past_signing_times(plan, first_at);
  made_at.insert(made_at.begin(), past.begin(), past.end());

  const std::vector<Release> releases = released();
  make_versions(plan, made_at, releases, publication);
  for (Loads& own : load_times(plan, published_ones(releases))) {
    publication.sites.push_back({publication.history, std::move(own)});
  }
  return publication;
}

}  // namespace zonefall::registry
