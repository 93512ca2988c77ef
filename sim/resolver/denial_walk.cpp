// PowerDNS looks for zone cuts that it missed at the owner names of a bogus denial
// (BogusRetry::walks_denial_owners). It goes through the RRsets of the denial in order: each is
// checked, and where it is bogus DS is asked for at its owner, whose denial is bogus, too, and gone
// through before the rest. So it is all for nothing; what it costs is what this file is about.
#include <algorithm>

#include "resolver/state.h"

namespace zonefall::resolver {

using dns::RRType;
using dnssec::Security;

namespace {

// PowerDNS keeps the records of a response by their names, compared octet by octet from the end.
bool comes_before(const dns::Name& a, const dns::Name& b) {
  const dns::Name left = a.canonical();
  const dns::Name right = b.canonical();
  const auto x = left.wire();
  const auto y = right.wire();
  return std::lexicographical_compare(x.rbegin(), x.rend(), y.rbegin(), y.rend());
}

// The next one last.
std::vector<dns::Name> owners_in(std::span<const dns::SignedRRset> denial) {
  std::vector<dns::Name> owners;
  for (const dns::SignedRRset& entry : denial) {
    if (entry.rrset->type() == RRType::nsec3) owners.push_back(entry.rrset->owner());
  }
  std::sort(owners.begin(), owners.end(),
            [](const dns::Name& a, const dns::Name& b) { return comes_before(b, a); });
  return owners;
}

bool has_soa(std::span<const dns::SignedRRset> denial) {
  return std::any_of(denial.begin(), denial.end(), [](const dns::SignedRRset& entry) {
    return entry.rrset->type() == RRType::soa;
  });
}

// A signature out of its time is not looked at any further (RFC 4035 5.3.1).
bool takes_no_check(const dnssec::Verdict& verdict) {
  return verdict.reason == dnssec::Reason::signature_expired ||
         verdict.reason == dnssec::Reason::signature_not_yet_valid;
}

}  // namespace

bool Resolver::State::has_bogus_ds_denial(const dns::Name& owner) const {
  const ZoneEntry* known = zones_.find({owner});
  return known != nullptr && known->failure && now_ < known->failed_until;
}

// How many RRsets it looked at, each of which took a check; where none is left, the walk is not on.
std::uint32_t Resolver::State::choose_next(DenialWalk& walk) {
  std::uint32_t looked_at = 0;
  while (walk.is_on()) {
    DenialWalk::Level& level = walk.levels.back();
    if (level.left.empty()) {
      if (walk.levels.size() > 1) {
        walk.finished.push_back(level.owner);
        remember_failure(level.owner, walk.verdict, FailedPiece::no_ds, level.ttl_s);
      }
      walk.levels.pop_back();
      continue;
    }
    walk.asked = level.left.back();
    level.left.pop_back();
    looked_at += 1;
    const bool is_own = profile().bogus_retry.walk_skips_own_name && walk.asked == level.owner;
    const auto& finished = walk.finished;
    const bool is_finished =
        std::find(finished.begin(), finished.end(), walk.asked) != finished.end() ||
        has_bogus_ds_denial(walk.asked);
    if (!is_own && !is_finished) break;
  }
  return looked_at;
}

bool Resolver::State::start_walk(Task& task, std::span<const dns::SignedRRset> denial,
                                 const VerdictPtr& verdict, const dns::Name* cut) {
  DenialWalk& walk = task.walk;
  if (!profile().bogus_retry.walks_denial_owners || walk.is_over) return false;
  walk.verdict = verdict;
  if (cut != nullptr) walk.cut = *cut;
  walk.levels.push_back(
      {walk.cut.value_or(dns::Name()), owners_in(denial), smallest_ttl_s(denial)});
  const std::uint32_t looked_at = choose_next(walk);
  walk.is_over = !walk.is_on();
  if (walk.is_over) return false;
  accountable_for(task).tree_checks += looked_at - 1;  // the first one that failed was counted
  task.phase = TaskPhase::locate;
  return true;
}

// A denial has come, of DS at DenialWalk::asked.
void Resolver::State::walk_on(Task& task) {
  DenialWalk& walk = task.walk;
  Task& accountable = accountable_for(task);
  const std::uint32_t checks_before = accountable.tree_checks;
  const std::span<const dns::SignedRRset> denial = task.response->authority;
  const ZoneEntry* zone = zones_.find({walk.asked.parent()});
  VerdictPtr verdict;
  if (zone != nullptr && zone->keys) {
    const std::shared_ptr<const dnssec::ZoneKeys> keys = zone->keys;
    verdict = judge_negative(task, *keys).verdict;
  }
  if (verdict && verdict->security != Security::bogus) {
    // Of servers that disagree this one is right; what PowerDNS makes of that was not measured.
    conclude(task, FetchResult::bogus, verdict, true);
    return;
  }
  walk.levels.push_back({walk.asked, owners_in(denial), smallest_ttl_s(denial)});
  // It checks one RRset after the other, until it goes deeper: the SOA, then the NSEC3 RRsets.
  const std::uint32_t looked_at = choose_next(walk) + (has_soa(denial) ? 1 : 0);
  const std::uint32_t checks =
      checks_before + (verdict && takes_no_check(*verdict) ? 0 : looked_at);
  accountable.tree_checks = std::max(accountable.tree_checks, checks);
  const BogusRetry& retry = profile().bogus_retry;
  if (accountable.tree_checks > profile().signature_validations_max ||
      walk.levels.size() > retry.denial_walk_depth_max) {
    conclude(task, FetchResult::limit_reached, not_judged(task).verdict, true);
  } else if (walk.is_on()) {
    task.phase = TaskPhase::locate;
  } else {
    end_walk(task);
  }
}

// No zone cut was missed: what was bogus is bogus.
void Resolver::State::end_walk(Task& task) {
  DenialWalk& walk = task.walk;
  walk.is_over = true;
  task.response = nullptr;
  if (walk.cut) {
    task.phase = TaskPhase::locate;
  } else {
    conclude(task, FetchResult::bogus, walk.verdict, false);
  }
}

}  // namespace zonefall::resolver
