#include "zonefall/authority/answer_memo.h"

#include <algorithm>
#include <bit>

#include "zonefall/core/assert.h"
#include "zonefall/core/hash.h"

namespace zonefall::authority {

namespace {

constexpr std::size_t whole = 65535;  // no limit on the answer's size

}  // namespace

AnswerMemo::AnswerMemo(std::size_t answers_max) : answers_max_(answers_max) {
  ZF_ASSERT(answers_max > 0);
  constexpr std::size_t ways = std::tuple_size_v<Set>;
  sets_.resize(std::bit_floor(std::max(answers_max / ways, std::size_t{1})));
  asked_.resize(std::bit_ceil(answers_max));
}

// Names carry their hash.
void AnswerMemo::Probe::set_hash() {
  const std::uint64_t rest = static_cast<std::uint64_t>(question.qtype) |
                             static_cast<std::uint64_t>(options.edns) << 16 |
                             static_cast<std::uint64_t>(options.dnssec_ok) << 17 |
                             static_cast<std::uint64_t>(octets_max) << 18;
  hash = hash_combine(question.qname.hash() ^ rest, source_hash);
}

bool AnswerMemo::Entry::is_for(const Probe& probe) const {
  return source.get() == probe.source && source_hash == probe.source_hash &&
         octets_max == probe.octets_max && options == probe.options && question == probe.question;
}

const Answer* AnswerMemo::Entry::find(std::size_t version) const {
  auto after = std::upper_bound(spans.begin(), spans.end(), version,
                                [](std::size_t v, const Span& span) { return v < span.first; });
  if (after == spans.begin()) return nullptr;
  --after;
  return version <= after->last ? &after->answer : nullptr;
}

AnswerMemo::Entry* AnswerMemo::find(const Probe& probe) {
  Set& set = sets_[probe.hash % sets_.size()];
  for (auto slot = set.begin(); slot != set.end() && slot->entry != nullptr; ++slot) {
    if (slot->hash != probe.hash || !slot->entry->is_for(probe)) continue;
    std::rotate(set.begin(), slot, slot + 1);
    return set.front().entry.get();
  }
  return nullptr;
}

const Answer* AnswerMemo::find(const Probe& probe, std::size_t version) {
  const Entry* entry = find(probe);
  return entry == nullptr ? nullptr : entry->find(version);
}

AnswerMemo::Entry& AnswerMemo::insert(std::shared_ptr<const void> source, const Probe& probe) {
  Set& set = sets_[probe.hash % sets_.size()];
  forget(set.back());
  std::rotate(set.begin(), set.end() - 1, set.end());
  set.front() = {probe.hash,
                 std::make_unique<Entry>(Entry{std::move(source), probe.source_hash, probe.question,
                                               probe.options, probe.octets_max})};
  return *set.front().entry;
}

void AnswerMemo::forget(Slot& slot) {
  if (slot.entry == nullptr) return;
  answers_ -= slot.entry->spans.size();
  slot.entry.reset();
}

// Only zones of many versions come here: sets alone hold fewer entries than `answers_max_`.
void AnswerMemo::make_room() {
  for (; answers_ >= answers_max_; hand_ = (hand_ + 1) % sets_.size()) {
    Set& set = sets_[hand_];
    const auto last = std::find_if(set.rbegin(), set.rend(),
                                   [](const Slot& slot) { return slot.entry != nullptr; });
    if (last != set.rend()) forget(*last);
  }
}

bool AnswerMemo::was_asked(std::uint64_t hash) {
  std::uint32_t& place = asked_[hash % asked_.size()];
  const auto mark = static_cast<std::uint32_t>(hash >> 32) | 1U;  // 0: nothing yet
  if (place == mark) return true;
  place = mark;
  return false;
}

const Answer& AnswerMemo::remember(std::shared_ptr<const void> source, const Probe& probe,
                                   Span span) {
  make_room();
  Entry* entry = find(probe);
  if (entry == nullptr) {
    if (!was_asked(probe.hash)) return passing_ = std::move(span.answer);
    entry = &insert(std::move(source), probe);
  }
  std::vector<Span>& spans = entry->spans;
  const auto at = std::upper_bound(spans.begin(), spans.end(), span.first,
                                   [](std::size_t v, const Span& s) { return v < s.first; });
  // A later span that this one reaches holds the same answer.
  if (at != spans.end()) span.last = std::min(span.last, at->first - 1);
  answers_ += 1;
  return spans.insert(at, std::move(span))->answer;
}

template <typename Zones>
const Answer& AnswerMemo::get_from(const Zones& zones, std::size_t version, const Query& query) {
  Probe probe{zones.source.get(), zones.hash(), query.question, query.options, whole};
  probe.set_hash();
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
  probe.set_hash();
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
