#include "zonefall/authority/answer_memo.h"

#include <algorithm>
#include <bit>

#include "zonefall/core/assert.h"
#include "zonefall/core/hash.h"

namespace zonefall::authority {

namespace {

constexpr std::size_t whole = 65535;  // no limit on the answer's size

// Names carry their hash. `source_hash` tells the parent's answer from the child's.
std::uint64_t hash_of(const AnswerMemo::Query& query, std::size_t octets_max,
                      std::uint64_t source_hash) {
  const std::uint64_t rest = static_cast<std::uint64_t>(query.question.qtype) |
                             static_cast<std::uint64_t>(query.options.edns) << 16 |
                             static_cast<std::uint64_t>(query.options.dnssec_ok) << 17 |
                             static_cast<std::uint64_t>(octets_max) << 18;
  return hash_combine(query.question.qname.hash() ^ rest, source_hash);
}

// Only a referral at the first step is not authoritative.
bool is_referral(const Answer& answer) {
  return !answer.message->flags.aa;
}

Answer with_question(const Answer& answer, const dns::Question& question) {
  auto message = std::make_shared<dns::Message>(*answer.message);
  message->question = question;
  return {std::move(message), answer.wire_octets, answer.unchanged_until};
}

template <typename Recents>
auto& place_of(Recents& recents, const dns::Name& name) {
  return recents[name.hash() % recents.size()];
}

}  // namespace

AnswerMemo::AnswerMemo(std::size_t answers_max) : answers_max_(answers_max) {
  ZF_ASSERT(answers_max > 0);
  constexpr std::size_t ways = std::tuple_size_v<decltype(Set::slots)>;
  sets_.resize(std::bit_floor(std::max(answers_max / ways, std::size_t{1})));
  asked_.resize(std::bit_ceil(answers_max));
}

bool AnswerMemo::Entry::is_for(const Probe& probe) const {
  return source.get() == probe.source && octets_max == probe.octets_max &&
         options == probe.options && spans.front().answer.message->question == probe.question;
}

const Answer* AnswerMemo::Entry::find(std::size_t version) const {
  auto after = std::upper_bound(spans.begin(), spans.end(), version,
                                [](std::size_t v, const Span& span) { return v < span.first; });
  if (after == spans.begin()) return nullptr;
  --after;
  return version <= after->last ? &after->answer : nullptr;
}

void AnswerMemo::Entry::add(Span span) {
  const auto at = std::upper_bound(spans.begin(), spans.end(), span.first,
                                   [](std::size_t v, const Span& s) { return v < s.first; });
  // A later span that this one reaches holds the same answer.
  if (at != spans.end()) span.last = std::min(span.last, at->first - 1);
  spans.insert(at, std::move(span));
}

std::array<AnswerMemo::Slot, 4>& AnswerMemo::set_of(std::uint64_t hash) {
  return sets_[hash & (sets_.size() - 1)].slots;
}

AnswerMemo::Entry* AnswerMemo::find(const Probe& probe) {
  auto& slots = set_of(probe.hash);
  for (auto slot = slots.begin(); slot != slots.end() && slot->entry != nullptr; ++slot) {
    if (slot->hash != probe.hash || !slot->entry->is_for(probe)) continue;
    std::rotate(slots.begin(), slot, slot + 1);
    return slots.front().entry.get();
  }
  return nullptr;
}

AnswerMemo::Entry& AnswerMemo::insert(std::shared_ptr<const void> source, const Probe& probe) {
  auto& slots = set_of(probe.hash);
  forget(slots.back());
  std::rotate(slots.begin(), slots.end() - 1, slots.end());
  slots.front() = {probe.hash, std::make_unique<Entry>(
                                   Entry{std::move(source), probe.options, probe.octets_max})};
  return *slots.front().entry;
}

void AnswerMemo::forget(Slot& slot) {
  if (slot.entry == nullptr) return;
  answers_ -= slot.entry->spans.size();
  slot.entry.reset();
}

// Only zones of many versions come here: sets alone hold fewer entries than `answers_max_`.
void AnswerMemo::make_room() {
  for (; answers_ > answers_max_; hand_ = (hand_ + 1) % sets_.size()) {
    auto& slots = sets_[hand_].slots;
    const auto last = std::find_if(slots.rbegin(), slots.rend(),
                                   [](const Slot& slot) { return slot.entry != nullptr; });
    if (last != slots.rend()) forget(*last);
  }
}

bool AnswerMemo::was_asked(std::uint64_t hash) {
  std::uint32_t& place = asked_[hash & (asked_.size() - 1)];
  const auto mark = static_cast<std::uint32_t>(hash >> 32) | 1U;  // 0: nothing yet
  if (place == mark) return true;
  place = mark;
  return false;
}

template <typename Zones, typename Make>
Answer AnswerMemo::get_one(const Zones& zones, std::size_t version, const Probe& probe,
                           const Make& make) {
  Entry* entry = find(probe);
  if (entry != nullptr) {
    if (const Answer* known = entry->find(version)) return *known;
  }
  Answer made = make();
  if (entry == nullptr) {
    if (!was_asked(probe.hash)) return made;
    entry = &insert(zones.source, probe);
  }
  entry->add({version, zones.last(version, made), made});
  answers_ += 1;
  make_room();  // from here on `entry` may be gone
  return made;
}

template <typename Zones>
Answer AnswerMemo::make(const Zones& zones, std::size_t version, const Query& query) {
  const dns::Question& question = query.question;
  const bool may_be_referred = question.qtype != dns::RRType::ds;
  Referral& recent = place_of(referrals_, question.qname);
  const Span& span = recent.span;
  const bool is_same = may_be_referred && recent.source.get() == zones.source.get() &&
                       recent.options == query.options && span.first <= version &&
                       version <= span.last &&
                       span.answer.message->question->qname == question.qname &&
                       span.answer.message->question->qclass == question.qclass;
  if (is_same) return with_question(span.answer, question);
  misses_ += 1;
  Answer made = zones.make(version, query);
  if (may_be_referred && is_referral(made)) {
    recent = {zones.source, query.options, {version, zones.last(version, made), made}};
  }
  return made;
}

template <typename Zones>
Answer AnswerMemo::get_from(const Zones& zones, std::size_t version, const Query& query) {
  queries_ += 1;
  const std::uint64_t source_hash = zones.hash();
  const Probe probe{zones.source.get(), query.question, query.options, whole,
                    hash_of(query, whole, source_hash)};
  Answer found = get_one(zones, version, probe, [&] { return make(zones, version, query); });
  if (found.wire_octets <= query.octets_max) return found;
  const Probe fitted{probe.source, query.question, query.options, query.octets_max,
                     hash_of(query, query.octets_max, source_hash)};
  return get_one(zones, version, fitted, [&] { return fit_answer(found, query.octets_max); });
}

Answer AnswerMemo::get(const ZoneHistoryPtr& history, std::size_t version, const Query& query) {
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

const ZoneVersion& AnswerMemo::zone_of(const std::shared_ptr<const ZoneFinder>& finder, SimTime at,
                                       std::size_t version, const dns::Name& qname) {
  FoundZone& recent = place_of(found_, qname);
  if (recent.finder != finder || recent.version != version || recent.qname != qname) {
    recent = {finder, qname, version, finder->find(qname, at)};
    ZF_ASSERT(recent.zone != nullptr);
  }
  return *recent.zone;
}

Answer AnswerMemo::get(const std::shared_ptr<const ZoneFinder>& finder, SimTime at,
                       const Query& query) {
  struct Found {  // version 0, or 1 once it has changed: with the question that tells the answer
    const std::shared_ptr<const ZoneFinder>& source;
    SimTime at;
    AnswerMemo& memo;
    [[nodiscard]] std::uint64_t hash() const { return 0; }
    [[nodiscard]] Answer make(std::size_t version, const Query& asked) const {
      const ZoneVersion& zone = memo.zone_of(source, at, version, asked.question.qname);
      return answer(zone, asked.question, asked.options);
    }
    [[nodiscard]] std::size_t last(std::size_t index, const Answer&) const { return index; }
  };
  const bool has_changed = at >= finder->changes_at(query.question.qname);
  return get_from(Found{finder, at, *this}, has_changed ? 1 : 0, query);
}

}  // namespace zonefall::authority
