#include "report.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace zonefall::differential {
namespace {

/// Differences of one zone with the same outcomes are of one kind; the first stands for all.
struct Kind {
  Difference first;
  std::size_t cases = 0;
  std::vector<const KnownDifference*> known;  // empty: nobody has explained it
};

std::string labels_of(const Case& asked) {
  return fmt::format("ours {}, Unbound {}, BIND {}", asked.ours.label(), asked.unbound.label(),
                     asked.bind.label());
}

std::vector<Kind> kinds_of(const ZoneQuestions& zone, const std::vector<Case>& cases,
                           const std::vector<KnownDifference>& known) {
  std::vector<Kind> kinds;
  std::map<std::string, std::size_t> by_labels;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& asked = cases[i];
    if (asked.agrees_with_both()) continue;
    const auto found = find_known(known, asked);
    std::string key = labels_of(asked);
    for (const KnownDifference* one : found) key += one->rule;
    const auto [at, is_new] = by_labels.emplace(key, kinds.size());
    if (is_new) {
      const auto end = zone.questions.begin() + static_cast<std::ptrdiff_t>(i);
      kinds.push_back({{zone.zone, asked, {zone.questions.begin(), end}}, 0, found});
    }
    kinds[at->second].cases += 1;
  }
  return kinds;
}

std::string text_of(const dns::Question& question) {
  return question.qname.to_text() + " " + dns::to_text(question.qtype);
}

void print_answers(const Case& asked) {
  const auto print = [](const char* who, const Outcome& outcome) {
    for (const std::string& line : outcome.answer) fmt::print("      {}: {}\n", who, line);
  };
  print("ours", asked.ours);
  print("Unbound", asked.unbound);
  print("BIND", asked.bind);
}

void print_kind(const Kind& kind) {
  const Case& asked = kind.first.asked;
  fmt::print("  {} ({} of this kind)\n    {}\n    our verdict: {}\n", text_of(asked.question),
             kind.cases, labels_of(asked), asked.verdict);
  // Where labels differ, they say it all.
  const bool differs_inside =
      asked.ours.label() == asked.unbound.label() || asked.ours.label() == asked.bind.label();
  if (kind.known.empty() || (differs_inside && !asked.agrees_with_one())) print_answers(asked);
  if (kind.first.is_minimal) {
    fmt::print("    minimal: {}\n", kind.first.before.empty() ? "asked alone" : "asked after");
    for (const dns::Question& question : kind.first.before) {
      fmt::print("      {}\n", text_of(question));
    }
  }
  if (!kind.known.empty()) {
    for (const KnownDifference* one : kind.known) {
      fmt::print("    known: {}: {}\n", one->rule, one->why);
    }
  } else {
    fmt::print("    UNKNOWN: not in known_differences.tsv\n");
  }
}

}  // namespace

Findings report(const Run& run, const std::vector<ZoneQuestions>& zones,
                const std::vector<std::vector<Case>>& cases,
                const std::vector<KnownDifference>& known, Minimise which) {
  Findings findings;
  std::vector<Kind> kinds;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    for (const Case& asked : cases[i]) findings.score.add(asked);
    for (Kind& kind : kinds_of(zones[i], cases[i], known)) kinds.push_back(std::move(kind));
  }
  std::vector<Difference> wanted;
  const auto is_wanted = [which](const Kind& kind) {
    return which == Minimise::all || (which == Minimise::unknown && kind.known.empty());
  };
  for (const Kind& kind : kinds) {
    (!kind.known.empty() ? findings.known : findings.unknown) += kind.cases;
    if (is_wanted(kind)) wanted.push_back(kind.first);
  }
  minimise(run, wanted);
  std::size_t at = 0;
  const RandomZone* zone = nullptr;
  for (Kind& kind : kinds) {
    if (is_wanted(kind)) kind.first = wanted[at++];
    if (kind.first.zone != zone) fmt::print("\n{}\n", kind.first.zone->to_text());
    zone = kind.first.zone;
    print_kind(kind);
  }
  fmt::print("\n{}differences explained         {}\ndifferences without a reason  {}\n",
             findings.score.to_text(), findings.known, findings.unknown);
  return findings;
}

}  // namespace zonefall::differential
