#include "minimise.h"

#include <algorithm>
#include <cstddef>
#include <set>

namespace zonefall::differential {
namespace {

bool is_same(const Case& a, const Case& b) {
  return a.ours == b.ours && a.unbound == b.unbound && a.bind == b.bind;
}

/// One attempt for a difference: with fewer questions before it.
struct Attempt {
  Difference* difference = nullptr;
  std::vector<dns::Question> before;
};

// Zones share nothing that matters, so attempts for different zones are made at once.
void make_attempts(const Run& run, std::vector<Attempt> attempts) {
  while (!attempts.empty()) {
    std::set<const RandomZone*> in_use;
    std::vector<Attempt> now;
    std::vector<Attempt> later;
    for (Attempt& attempt : attempts) {
      const bool is_free = in_use.insert(attempt.difference->zone).second;
      (is_free ? now : later).push_back(std::move(attempt));
    }
    std::vector<ZoneQuestions> zones;
    for (const Attempt& attempt : now) {
      zones.push_back({attempt.difference->zone, attempt.before});
      zones.back().questions.push_back(attempt.difference->asked.question);
    }
    const auto cases = run.ask(zones);
    for (std::size_t i = 0; i < cases.size(); ++i) {
      Difference& difference = *now[i].difference;
      if (!is_same(cases[i].back(), difference.asked)) continue;
      difference.before = now[i].before;
      difference.is_minimal = true;
    }
    attempts = std::move(later);
  }
}

}  // namespace

// First without any, which is enough for nearly all. For the others, one question less each time,
// from the first to the last.
void minimise(const Run& run, std::vector<Difference>& differences) {
  std::vector<Attempt> attempts;
  attempts.reserve(differences.size());
  for (Difference& difference : differences) attempts.push_back({&difference, {}});
  make_attempts(run, std::move(attempts));
  std::vector<std::size_t> next(differences.size(), 0);
  for (;;) {
    attempts.clear();
    for (std::size_t i = 0; i < differences.size(); ++i) {
      Difference& difference = differences[i];
      if (next[i] >= difference.before.size()) continue;
      Attempt attempt{&difference, difference.before};
      attempt.before.erase(attempt.before.begin() + static_cast<std::ptrdiff_t>(next[i]));
      attempts.push_back(std::move(attempt));
    }
    if (attempts.empty()) return;
    std::vector<std::size_t> sizes;
    sizes.reserve(differences.size());
    for (const Difference& difference : differences) sizes.push_back(difference.before.size());
    make_attempts(run, std::move(attempts));
    for (std::size_t i = 0; i < differences.size(); ++i) {
      if (differences[i].before.size() == sizes[i]) next[i] += 1;  // that one is needed
    }
  }
}

}  // namespace zonefall::differential
