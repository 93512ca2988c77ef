#include "report/sentences.h"

#include <optional>

#include <fmt/format.h>

#include "report/prose.h"
#include "report/text.h"

namespace zonefall::report {
namespace {

constexpr std::size_t name_width_max = 60;

std::string name_of(const RunData& run, std::size_t cohort) {
  return shorten(clean_line(run.cohorts[cohort].name), name_width_max);
}

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

std::string what_was_run(const RunData& run) {
  std::int64_t resolvers = 0;
  for (const Cohort& cohort : run.cohorts) resolvers += cohort.resolvers;
  return fmt::format("The run replays {} with {} simulated resolvers in {} cohorts.", run_span(run),
                     count(static_cast<double>(resolvers)), run.cohorts.size());
}

std::string how_bad(const RunData& run, const Analysis& analysis) {
  std::string text = capital(failed_phrase(analysis.all.total));
  if (analysis.onset_bin && analysis.all.worst_bin) {
    text += fmt::format("; failures set in at {} UTC and were worst at {} UTC, when {} failed",
                        short_time(run.bins[*analysis.onset_bin].from),
                        short_time(run.bins[*analysis.all.worst_bin].from),
                        percent(analysis.all.worst_share()));
  }
  return text + ".";
}

/// "; by class of name failures reach from 2.0 % (popular, signed) to 9.0 % (rare, unsigned)".
std::string which_names(const RunData& run, const Analysis& analysis) {
  if (run.classes.size() < 2) return "";
  std::size_t least = 0;
  std::size_t most = 0;
  const auto share = [&](std::size_t i) { return analysis.classes[i].failed_share().value_or(0); };
  for (std::size_t i = 1; i < run.classes.size(); ++i) {
    if (share(i) < share(least)) least = i;
    if (share(i) > share(most)) most = i;
  }
  const auto words = [&](std::size_t i) {
    return fmt::format("{} ({})", percent(share(i)),
                       shorten(clean_line(run.classes[i].title), name_width_max));
  };
  return fmt::format("; by class of name failures reach from {} to {}", words(least), words(most));
}

std::string who_was_hurt(const RunData& run, const Analysis& analysis) {
  const std::vector<std::size_t> order = analysis.worst_first();
  const Hurt& worst = analysis.cohorts[order.front()];
  std::string text = fmt::format("Worst hit was {}, where {} of lookups failed",
                                 name_of(run, order.front()), percent(worst.failed_share()));
  std::size_t spared = 0;
  for (const Hurt& hurt : analysis.cohorts) {
    if (!hurt.worst_bin) spared += 1;
  }
  text += spared == 0
              ? "; no cohort was spared"
              : fmt::format("; {} of {} cohorts had no failed lookup", spared, run.cohorts.size());
  return text + which_names(run, analysis) + ".";
}

std::string who_was_kept_going(const Analysis& analysis) {
  const Counts& total = analysis.all.total;
  if (total.stale <= 0 && total.under_nta <= 0) return "";
  return fmt::format(
      "{} of lookups were answered with expired data, and {} without validation under a negative "
      "trust anchor.",
      percent(share_of(total.stale, total.lookups)),
      percent(share_of(total.under_nta, total.lookups)));
}

std::string how_it_healed(const Analysis& analysis) {
  const Hurt& all = analysis.all;
  if (all.resolvers_hurt == 0) return "";
  const bool is_over = all.resolvers_recovered == all.resolvers_hurt;
  std::string text = fmt::format(
      "Lookups failed at {} resolvers, and {} recovered before the end",
      count(static_cast<double>(all.resolvers_hurt)),
      is_over ? "all of them" : count(static_cast<double>(all.resolvers_recovered)) + " of them");
  const std::optional<double>& half = all.recovery_min[0];
  const std::optional<double>& most = all.recovery_min[1];
  if (half && most) {
    text += fmt::format(": half within {} min of the first failure, nine tenths within {} min",
                        rate(*half), rate(*most));
  }
  return text + ".";
}

std::string how_it_scored(const RunData& run) {
  if (run.expectations.empty()) return "";
  const Score consequences = score_of(run, "consequence");
  const Score echoes = score_of(run, "echo");
  return fmt::format(
      "Held against published facts, {} of {} consequences of the mechanism and {} of {} echoes of "
      "the input came out.",
      consequences.passed, consequences.all, echoes.passed, echoes.all);
}

}  // namespace

std::vector<std::string> plain_summary(const RunData& run, const Analysis& analysis) {
  std::vector<std::string> sentences = {what_was_run(run), how_bad(run, analysis)};
  if (analysis.all.worst_bin) sentences.push_back(who_was_hurt(run, analysis));
  for (const std::string& sentence :
       {who_was_kept_going(analysis), how_it_healed(analysis), how_it_scored(run)}) {
    if (!sentence.empty()) sentences.push_back(sentence);
  }
  if (sentences.size() < 3) {
    sentences.push_back(fmt::format("Clients made {} queries.", count(analysis.all.total.queries)));
  }
  return sentences;
}

std::vector<std::string> not_modelled() {
  return {
      "Routing and congestion of the Internet: a query meets a round-trip time and a chance of "
      "loss.",
      "What users see: a failed lookup is counted, not the page or the mail that needed it.",
      "TCP, TLS and QUIC beyond one more round trip.",
      "Transfers from a registry to its sites: a site has a zone version from an instant on.",
      "Names asked for less than once in ten days at a resolver are in no cache when a run begins.",
      "Forged referrals, name servers and denials: an attacker, where a scenario has one, forges "
      "final addresses only.",
  };
}

}  // namespace zonefall::report
