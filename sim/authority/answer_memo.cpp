#include <algorithm>

#include "zonefall/authority/server.h"
#include "zonefall/core/assert.h"
#include "zonefall/core/hash.h"

namespace zonefall::authority {

namespace {

constexpr std::size_t whole = 65535;  // no limit on the answer's size

}  // namespace

AnswerMemo::AnswerMemo(std::size_t answers_max) : answers_max_(answers_max) {
  ZF_ASSERT(answers_max > 0);
}

AnswerMemo::Probe AnswerMemo::probe_of(const Key& key) {
  return {key.history.get(), &key.question, &key.options, key.octets_max};
}

// Names carry their hash. The apex tells the parent's answer from the child's.
std::size_t AnswerMemo::Hash::operator()(const Probe& probe) const {
  const std::uint64_t rest = static_cast<std::uint64_t>(probe.question->qtype) |
                             static_cast<std::uint64_t>(probe.options->edns) << 16 |
                             static_cast<std::uint64_t>(probe.options->dnssec_ok) << 17 |
                             static_cast<std::uint64_t>(probe.octets_max) << 18;
  return hash_combine(probe.question->qname.hash() ^ rest, probe.history->apex().hash());
}
std::size_t AnswerMemo::Hash::operator()(const Key& key) const {
  return (*this)(probe_of(key));
}

bool AnswerMemo::Equal::operator()(const Probe& a, const Key& b) const {
  return a.history == b.history.get() && a.octets_max == b.octets_max && *a.options == b.options &&
         *a.question == b.question;
}
bool AnswerMemo::Equal::operator()(const Key& a, const Key& b) const {
  return (*this)(probe_of(a), b);
}

const Answer* AnswerMemo::find(const Probe& probe, std::size_t version) const {
  const auto found = spans_.find(probe);
  if (found == spans_.end()) return nullptr;
  const Spans& spans = found->second;
  auto after = std::upper_bound(spans.begin(), spans.end(), version,
                                [](std::size_t v, const Span& span) { return v < span.first; });
  if (after == spans.begin()) return nullptr;
  --after;
  return version <= after->last ? &after->answer : nullptr;
}

const Answer& AnswerMemo::remember(const ZoneHistoryPtr& history, std::size_t version,
                                   const Probe& probe, Answer answer) {
  if (answers_ >= answers_max_) {
    spans_.clear();
    answers_ = 0;
  }
  const std::size_t last = history->last_unchanged(version, answer.unchanged_until);
  Spans& spans = spans_[Key{history, *probe.question, *probe.options, probe.octets_max}];
  const auto at = std::upper_bound(spans.begin(), spans.end(), version,
                                   [](std::size_t v, const Span& span) { return v < span.first; });
  // A later span that this one reaches holds the same answer.
  const std::size_t bound = at == spans.end() ? last : std::min(last, at->first - 1);
  answers_ += 1;
  return spans.insert(at, Span{version, bound, std::move(answer)})->answer;
}

const Answer& AnswerMemo::get(const ZoneHistoryPtr& history, std::size_t version,
                              const Query& query) {
  Probe probe{history.get(), &query.question, &query.options, whole};
  const Answer* found = find(probe, version);
  if (found == nullptr) {
    misses_ += 1;
    const ZoneVersion& zone = *history->entries()[version].version;
    found = &remember(history, version, probe, answer(zone, query.question, query.options));
  } else {
    hits_ += 1;
  }
  if (found->wire_octets <= query.octets_max) return *found;

  const Answer unlimited = *found;
  probe.octets_max = query.octets_max;
  if (const Answer* fitted = find(probe, version)) return *fitted;
  return remember(history, version, probe, fit_answer(unlimited, query.octets_max));
}

}  // namespace zonefall::authority
