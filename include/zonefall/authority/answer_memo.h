// Remembers answers, so that the questions that everybody asks are answered once.
//
// A resolver population asks for few names over and over and for very many once. So an answer is
// kept from the second time on that its question is asked: the tail passes by without pushing the
// head out, costs no memory, and is freed by whoever asked. Pure bookkeeping: what get() gives is
// what answer() gives. Not thread-safe: one for each thread.
//
// Who asks for A asks for AAAA in the same moment: so the last few referrals, and the last few
// zones that a finder made, serve the other question as well.
//
// Making an answer costs little more than a few misses of the processor's cache: on one thread of a
// run of `.de`, ten times as many answers saved about 4 % of the time and cost 100 MiB.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "zonefall/authority/answer.h"
#include "zonefall/authority/zone_finder.h"
#include "zonefall/authority/zone_version.h"
#include "zonefall/dns/message.h"

namespace zonefall::authority {

/// Answers by (history or finder, question, EDNS, DO), for all versions that give the same. A hit
/// costs one look at the question's hash and allocates nothing. QNAMEs that differ in case are one
/// question: the echoed one has the case that was asked first. Bounded: at most `answers_max`
/// answers, the ones asked for least recently go.
class AnswerMemo {
 public:
  explicit AnswerMemo(std::size_t answers_max = 10'000);
  ~AnswerMemo() = default;
  AnswerMemo(const AnswerMemo&) = delete;
  AnswerMemo& operator=(const AnswerMemo&) = delete;
  AnswerMemo(AnswerMemo&&) = default;
  AnswerMemo& operator=(AnswerMemo&&) = default;

  struct Query {
    const dns::Question& question;
    const AnswerOptions& options;
    std::size_t octets_max = 65535;  // the answer is fit_answer()ed to this
  };
  /// What version `version` (an index into `history`) answers.
  Answer get(const ZoneHistoryPtr& history, std::size_t version, const Query& query);
  /// What the zone that `finder` finds for the question's name answers at `at`; there must be one.
  Answer get(const std::shared_ptr<const ZoneFinder>& finder, SimTime at, const Query& query);
  /// Questions for which nothing was looked up in a zone.
  [[nodiscard]] std::uint64_t hits() const { return queries_ - misses_; }
  /// Answers made from a zone, the ones that were not kept included.
  [[nodiscard]] std::uint64_t misses() const { return misses_; }

 private:
  /// What is looked for: borrowed parts.
  struct Probe {
    const void* source;  // a history or a finder
    const dns::Question& question;
    const AnswerOptions& options;
    std::size_t octets_max;  // 65535 unless a whole answer did not fit this
    std::uint64_t hash;      // of all that
  };
  /// Versions first to last give this answer.
  struct Span {
    std::size_t first = 0;
    std::size_t last = 0;
    Answer answer;
  };
  /// The answers know their question.
  struct Entry {
    std::shared_ptr<const void> source;
    AnswerOptions options;
    std::size_t octets_max = 0;
    std::vector<Span> spans = {};  // disjoint, rising; never empty

    [[nodiscard]] bool is_for(const Probe& probe) const;
    [[nodiscard]] const Answer* find(std::size_t version) const;
    void add(Span span);
  };
  struct Slot {
    std::uint64_t hash = 0;
    std::unique_ptr<Entry> entry;
  };
  /// A table of small sets, as in a processor's cache: a question can stand in one set only, which
  /// fits one cache line. Nothing is ever rehashed, and forgetting one answer is all that making
  /// room for another takes. The slot asked for last comes first; free slots come last.
  struct alignas(64) Set {
    std::array<Slot, 4> slots;
  };

  /// A referral is the same for all types but DS, which the parent answers (RFC 1034 4.3.2 step 3
  /// b, RFC 4035 3.1.4.1).
  struct Referral {
    std::shared_ptr<const void> source;
    AnswerOptions options;
    Span span;
  };
  /// What `finder` found for `qname`; version 0, or 1 once it has changed.
  struct FoundZone {
    std::shared_ptr<const ZoneFinder> finder;
    dns::Name qname;
    std::size_t version = 0;
    ZoneVersionPtr zone;
  };
  /// By the name's hash; a newer one replaces an older one of the same place.
  template <typename Recent>
  using RecentOnes = std::array<Recent, 64>;

  /// `zones.make(version, query)` answers, `zones.last(version, answer)` is the last version that
  /// answers so.
  template <typename Zones>
  Answer get_from(const Zones& zones, std::size_t version, const Query& query);
  /// The answer for `probe`: remembered, or made now.
  template <typename Zones, typename Make>
  Answer get_one(const Zones& zones, std::size_t version, const Probe& probe, const Make& make);
  template <typename Zones>
  Answer make(const Zones& zones, std::size_t version, const Query& query);
  const ZoneVersion& zone_of(const std::shared_ptr<const ZoneFinder>& finder, SimTime at,
                             std::size_t version, const dns::Name& qname);
  std::array<Slot, 4>& set_of(std::uint64_t hash);
  Entry* find(const Probe& probe);
  Entry& insert(std::shared_ptr<const void> source, const Probe& probe);
  bool was_asked(std::uint64_t hash);
  void make_room();
  void forget(Slot& slot);

  std::size_t answers_max_;
  std::size_t answers_ = 0;
  std::uint64_t queries_ = 0;
  std::uint64_t misses_ = 0;
  std::vector<Set> sets_;  // a power of two
  std::size_t hand_ = 0;   // the set that gives way next when there are too many answers
  /// What was asked for but is not remembered: upper halves of hashes by their lower bits, a power
  /// of two. A newer one replaces an older one of the same place.
  std::vector<std::uint32_t> asked_;
  RecentOnes<Referral> referrals_;
  RecentOnes<FoundZone> found_;
};

}  // namespace zonefall::authority
