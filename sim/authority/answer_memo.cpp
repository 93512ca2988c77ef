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
  return {key.source.get(), key.source_hash, &key.question, &key.options, key.octets_max};
}

// Names carry their hash.
std::size_t AnswerMemo::Hash::operator()(const Probe& probe) const {
  const std::uint64_t rest = static_cast<std::uint64_t>(probe.question->qtype) |
                             static_cast<std::uint64_t>(probe.options->edns) << 16 |
                             static_cast<std::uint64_t>(probe.options->dnssec_ok) << 17 |
                             static_cast<std::uint64_t>(probe.octets_max) << 18;
  return hash_combine(probe.question->qname.hash() ^ rest, probe.source_hash);
}
std::size_t AnswerMemo::Hash::operator()(const Key& key) const {
  return (*this)(probe_of(key));
}

bool AnswerMemo::Equal::operator()(const Probe& a, const Key& b) const {
  return a.source == b.source.get() && a.octets_max == b.octets_max && *a.options == b.options &&
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

const Answer& AnswerMemo::remember(std::shared_ptr<const void> source, const Probe& probe,
                                   Span span) {
  if (answers_ >= answers_max_) {
    spans_.clear();
    answers_ = 0;
  }
  Spans& spans = spans_[Key{std::move(source), probe.source_hash, *probe.question, *probe.options,
                            probe.octets_max}];
  const auto at = std::upper_bound(spans.begin(), spans.end(), span.first,
                                   [](std::size_t v, const Span& s) { return v < s.first; });
  // A later span that this one reaches holds the same answer.
  if (at != spans.end()) span.last = std::min(span.last, at->first - 1);
  answers_ += 1;
  return spans.insert(at, std::move(span))->answer;
}

template <typename Zones>
const Answer& AnswerMemo::get_from(const Zones& zones, std::size_t version, const Query& query) {
  Probe probe{zones.source.get(), zones.hash(), &query.question, &query.options, whole};
  const Answer* found = find(probe, version);
  if (found == nullptr) {
    misses_ += 1;
    Answer made = zones.make(version, query);
    const std::size_t last = zones.last(version, made);
    found = &remember(zones.source, probe, {version, last, std::move(made)});
  } else {
    hits_ += 1;
  }
  if (found->wire_octets <= query.octets_max) return *found;

  const Answer unlimited = *found;
  probe.octets_max = query.octets_max;
  if (const Answer* fitted = find(probe, version)) return *fitted;
  return remember(
      zones.source, probe,
      {version, zones.last(version, unlimited), fit_answer(unlimited, query.octets_max)});
}

const Answer& AnswerMemo::get(const ZoneHistoryPtr& history, std::size_t version,
                              const Query& query) {
  struct Versions {
    const ZoneHistoryPtr& source;
    [[nodiscard]] std::uint64_t hash() const { return source->apex().hash(); }
    [[nodiscard]] Answer make(std::size_t index, const Query& asked) const {
      return answer(*source->entries()[index].version, asked.question, asked.options);
    }
    [[nodiscard]] std::size_t last(std::size_t index, const Answer& made) const {
      return source->last_unchanged(index, made.unchanged_until);
    }
  };
  return get_from(Versions{history}, version, query);
}

const Answer& AnswerMemo::get(const std::shared_ptr<const ZoneFinder>& finder, const Query& query) {
  struct Found {  // they never change: the question alone tells the answer
    const std::shared_ptr<const ZoneFinder>& source;
    [[nodiscard]] std::uint64_t hash() const { return 0; }
    [[nodiscard]] Answer make(std::size_t, const Query& asked) const {
      const ZoneVersionPtr zone = source->find(asked.question.qname);
      ZF_ASSERT(zone != nullptr);
      return answer(*zone, asked.question, asked.options);
    }
    [[nodiscard]] std::size_t last(std::size_t index, const Answer&) const { return index; }
  };
  return get_from(Found{finder}, 0, query);
}

}  // namespace zonefall::authority
