// Remembers answers, so that the questions that everybody asks are answered once.
//
// A resolver population asks for few names over and over and for very many once. So an answer is
// kept from the second time on that its question is asked: the tail passes by without pushing the
// head out, costs no memory, and is freed by whoever asked. Pure bookkeeping: what get() gives is
// what answer() gives. Not thread-safe: one for each thread.
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
  explicit AnswerMemo(std::size_t answers_max = 20'000);
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
  /// What version `version` (an index into `history`) answers; good until the next call.
  const Answer& get(const ZoneHistoryPtr& history, std::size_t version, const Query& query);
  /// What the zone that `finder` finds for the question's name answers; there must be one.
  const Answer& get(const std::shared_ptr<const ZoneFinder>& finder, const Query& query);
  [[nodiscard]] std::uint64_t hits() const { return hits_; }
  /// Answers made, the ones that were not kept included.
  [[nodiscard]] std::uint64_t misses() const { return misses_; }

 private:
  /// What is looked for: borrowed parts.
  struct Probe {
    const void* source;         // a history or a finder
    std::uint64_t source_hash;  // tells the parent's answer from the child's
    const dns::Question& question;
    const AnswerOptions& options;
    std::size_t octets_max;  // 65535 unless a whole answer did not fit this
    std::uint64_t hash = 0;  // of all that
    void set_hash();
  };
  /// Versions first to last give this answer.
  struct Span {
    std::size_t first = 0;
    std::size_t last = 0;
    Answer answer;
  };
  struct Entry {
    std::shared_ptr<const void> source;
    std::uint64_t source_hash = 0;
    dns::Question question;
    AnswerOptions options;
    std::size_t octets_max = 0;
    std::vector<Span> spans = {};  // disjoint, rising

    [[nodiscard]] bool is_for(const Probe& probe) const;
    [[nodiscard]] const Answer* find(std::size_t version) const;
  };
  struct Slot {
    std::uint64_t hash = 0;
    std::unique_ptr<Entry> entry;
  };
  /// A table of small sets, as in a processor's cache: a question can stand in one set only, which
  /// fits one cache line. Nothing is ever rehashed, and forgetting one answer is all that making
  /// room for another takes. The slot asked for last comes first; free slots come last.
  using Set = std::array<Slot, 4>;

  /// `make(version)` answers, `last(version, answer)` is the last version that answers so.
  template <typename Zones>
  const Answer& get_from(const Zones& zones, std::size_t version, const Query& query);
  const Answer& remember(std::shared_ptr<const void> source, const Probe& probe, Span span);
  Entry* find(const Probe& probe);
  const Answer* find(const Probe& probe, std::size_t version);
  Entry& insert(std::shared_ptr<const void> source, const Probe& probe);
  bool was_asked(std::uint64_t hash);
  void make_room();
  void forget(Slot& slot);

  std::size_t answers_max_;
  std::size_t answers_ = 0;
  std::uint64_t hits_ = 0;
  std::uint64_t misses_ = 0;
  std::vector<Set> sets_;
  std::size_t hand_ = 0;  // the set that gives way next when there are too many answers
  /// What was asked for but is not remembered: upper halves of hashes by their lower bits. A newer
  /// one replaces an older one of the same place.
  std::vector<std::uint32_t> asked_;
  Answer passing_;  // the last answer that was not kept
};

}  // namespace zonefall::authority
