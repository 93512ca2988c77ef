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
bool Judge::is_outdated(const dns::Question& question, const resolver::AnswerData& data,
                        SimTime at) const {
  if (at < world_.names->changes_at(question.qname)) return false;
  const dns::RRset* given = final_rrset(data, question.qtype);
  const dns::RRsetPtr published = world_.names->published(question.qname, question.qtype, at);
  if (given == nullptr || published == nullptr) return given != published.get();
  return given->rdata_id() != published->rdata_id();
}

std::optional<outcome::Harm> Judge::harm_of(const dns::Question& question, outcome::Outcome outcome,
                                            const resolver::AnswerData* data, SimTime at) const {
  if (data == nullptr) return std::nullopt;
  if (outcome == outcome::Outcome::stale && is_outdated(question, *data, at)) {
    return outcome::Harm::outdated;
  }
  return std::nullopt;
}

}  // namespace zonefall::replay
