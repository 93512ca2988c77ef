#include "replay/judge.h"

#include <algorithm>

namespace zonefall::replay {

namespace {

// The RRset of the type asked for, at the end of any aliases; null in a denial.
const dns::RRset* final_rrset(const resolver::AnswerData& data, dns::RRType type) {
  const auto answer = data.answer();
  const auto found =
      std::find_if(answer.rbegin(), answer.rend(),
                   [type](const dns::SignedRRset& entry) { return entry.rrset->type() == type; });
  return found == answer.rend() ? nullptr : found->rrset.get();
}

}  // namespace

// What never changed is as it was when it was fetched.
bool Judge::is_outdated(const Given& given, SimTime at) const {
  if (at < world_.names->changes_at(given.name)) return false;
  const dns::RRset* held = final_rrset(*given.data, given.type);
  const dns::RRsetPtr published = world_.names->published(given.name, given.type, at);
  if (held == nullptr || published == nullptr) return held != published.get();
  return held->rdata_id() != published->rdata_id();
}

std::optional<outcome::Harm> Judge::harm_of(const Given& given, SimTime at) const {
  if (given.data == nullptr) return std::nullopt;
  const auto answer = given.data->answer();
  const bool is_spoofed = std::any_of(
      answer.begin(), answer.end(),
      [this](const dns::SignedRRset& entry) { return forger_.is_forged(*entry.rrset); });
  if (is_spoofed) return outcome::Harm::spoofed;
  const bool is_wrong = given.outcome == outcome::Outcome::stale && is_outdated(given, at);
  return is_wrong ? std::optional(outcome::Harm::outdated) : std::nullopt;
}

}  // namespace zonefall::replay
