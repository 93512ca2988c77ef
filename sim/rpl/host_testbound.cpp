#include <algorithm>

#include <fmt/format.h>

#include "rpl/hosts.h"
#include "rpl/lines.h"
#include "rpl/macros.h"
#include "rpl/session.h"

namespace zonefall::rpl {
namespace {

constexpr std::size_t rounds_max = 5000;

class TestboundHost {
 public:
  TestboundHost(const Script& script, const Settings& settings, const PlayOptions& options,
                PlayResult& result)
      : script_(script), session_(settings, Dialect::testbound, options.traces), result_(result) {}

  void play() {
    for (std::size_t round = 0; !is_over(); ++round) {
      if (round == rounds_max) {
        mismatch(step(), "an end", fmt::format("{} rounds and no end", rounds_max));
        break;
      }
      if (!answer_checked_query() && !check_queued_answer() && !reply_from_range()) do_step();
    }
    for (const OpenQuery& query : session_.open()) result_.open.push_back(query.to_text());
    if (result_.passed() && !session_.answers().empty()) {
      result_.mismatches.push_back({script_.steps.empty() ? 0 : script_.steps.back().line,
                                    "end of the script", "no answers left",
                                    to_text(session_.answers().front().packet)});
    }
    result_.trace = session_.take_trace();
  }

 private:
  [[nodiscard]] bool is_over() const {
    return at_ == script_.steps.size() || !result_.mismatches.empty();
  }
  [[nodiscard]] const Step& step() const { return script_.steps[at_]; }

  void mismatch(const Step& at, std::string expected, std::string got) {
    result_.mismatches.push_back({at.line, fmt::format("STEP {} {}", at.number, at.keyword),
                                  std::move(expected), std::move(got)});
  }

  [[nodiscard]] static bool goes_to(const OpenQuery& query, const Step& step) {
    return !step.address || query.send.server == *step.address;
  }

  [[nodiscard]] std::optional<std::size_t> open_query_for(const Step& step) const {
    const auto& open = session_.open();
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (is_checked_by(open[i], step)) return i;
    }
    return std::nullopt;
  }

  [[nodiscard]] static bool is_checked_by(const OpenQuery& query, const Step& step) {
    return goes_to(query, step) && fits(query.packet(), *step.entry, Dialect::testbound);
  }

  // A step that checks a query is done as the query is sent, if it is the next one then; only one
  // that comes to a query sent before replies to it.
  void look_at_sent() {
    for (const OpenQuery& query : session_.open()) {
      if (query.number <= seen_) continue;
      seen_ = query.number;
      const bool is_check = at_ < script_.steps.size() && step().type == StepType::check_out_query;
      if (is_check && is_checked_by(query, step())) at_ += 1;
    }
  }

  bool answer_checked_query() {
    if (step().type != StepType::check_out_query) return false;
    const auto found = open_query_for(step());
    if (!found) return false;
    const Entry& entry = *step().entry;
    at_ += 1;
    if (entry.adjust.copy_id) reply(*found, entry);
    return true;
  }

  bool check_queued_answer() {
    if (step().type != StepType::check_answer || session_.answers().empty()) return false;
    auto& answers = session_.answers();
    const auto found = std::find_if(answers.begin(), answers.end(), [&](const ClientAnswer& one) {
      const bool is_his = !step().address || one.client == *step().address;
      return is_his && differences(one.packet, *step().entry, Dialect::testbound).empty();
    });
    if (found == answers.end()) {
      const auto wrong = differences(answers.front().packet, *step().entry, Dialect::testbound);
      mismatch(step(), to_text(*step().entry),
               fmt::format("{}  differs: {}\n", to_text(answers.front().packet),
                           fmt::join(wrong, ", ")));
      return true;
    }
    answers.erase(found);
    at_ += 1;
    return true;
  }

  // The last range in the file is asked first, and the newest query.
  [[nodiscard]] const Entry* reply_for(const OpenQuery& query) const {
    const Packet packet = query.packet();
    for (auto range = script_.ranges.rbegin(); range != script_.ranges.rend(); ++range) {
      const bool is_valid = range->first <= step().number && step().number <= range->last;
      const bool is_there =
          range->addresses.empty() || range->addresses.back() == query.send.server;
      if (!is_valid || !is_there) continue;
      for (const Entry& entry : range->entries) {
        if (fits(packet, entry, Dialect::testbound)) return &entry;
      }
    }
    return nullptr;
  }

  bool reply_from_range() {
    const auto& open = session_.open();
    for (std::size_t i = open.size(); i > 0; --i) {
      const Entry* entry = reply_for(open[i - 1]);
      if (entry == nullptr) {
        note_unscripted(open[i - 1]);
        continue;
      }
      reply(i - 1, *entry);
      return true;
    }
    return false;
  }

  // A query may be scripted by the steps to come, or by a range of later ones.
  void note_unscripted(const OpenQuery& query) {
    const bool is_scripted = std::any_of(script_.steps.begin() + static_cast<std::ptrdiff_t>(at_),
                                         script_.steps.end(), [](const Step& later) {
                                           return later.type == StepType::reply ||
                                                  later.type == StepType::timeout ||
                                                  later.type == StepType::error ||
                                                  later.type == StepType::check_out_query;
                                         });
    std::string text = query.to_text();
    auto& known = result_.unscripted;
    if (is_scripted || std::find(known.begin(), known.end(), text) != known.end()) return;
    known.push_back(std::move(text));
  }

  void reply(std::size_t index, const Entry& entry) {
    const OpenQuery& query = session_.open()[index];
    if (const auto octets = reply_octets(entry, query.packet(), Dialect::testbound)) {
      session_.respond(index, *octets);
      look_at_sent();
    }
  }

  void do_step() {
    const Step& now = step();
    switch (now.type) {
      case StepType::query:
        at_ += 1;
        session_.query(*now.entry, now.address);
        look_at_sent();
        return;
      case StepType::check_answer: mismatch(now, to_text(*now.entry), "no answer\n"); return;
      case StepType::check_out_query: mismatch(now, to_text(*now.entry), open_queries()); return;
      case StepType::reply:
      case StepType::timeout:
      case StepType::error: end_newest(now); return;
      case StepType::nothing:
      case StepType::infra_rtt: at_ += 1; return;
      case StepType::time_passes: pass_time(now); return;
      case StepType::assign: assign(now); return;
      case StepType::unsupported: mismatch(now, now.keyword + '\n', now.reason + '\n'); return;
      case StepType::flush_message:
        session_.operate(resolver::ExpireAnswer{*now.question});
        at_ += 1;
        return;
      case StepType::expire_message:
        session_.operate(resolver::ExpireAnswer{*now.question, Duration::seconds(3)});
        at_ += 1;
        return;
    }
  }

  [[nodiscard]] MacroFacts facts() const {
    const SimTime now = session_.now();
    const auto wake_at = session_.wake_at();
    // Later than that is no timer but a deadline that is never to come.
    const bool has_timer = wake_at && *wake_at < now + Duration::days(50 * 365);
    const Duration left = has_timer ? *wake_at - now : Duration();
    return {now.to_unix_s(), std::max<std::int64_t>(left.to_seconds(), 0)};
  }

  void assign(const Step& now) {
    const Status status = macros_.assign(now.variable, now.macro, facts());
    if (!status) return mismatch(now, now.macro + '\n', status.error().message + '\n');
    at_ += 1;
  }

  void pass_time(const Step& now) {
    const auto elapsed = elapsed_in(now);
    if (!elapsed) return mismatch(now, now.macro + '\n', elapsed.error().message + '\n');
    session_.set_now(session_.now() + elapsed.value());
    session_.wake();
    look_at_sent();
    at_ += 1;
  }

  [[nodiscard]] Result<Duration> elapsed_in(const Step& now) const {
    if (now.macro.empty()) return now.elapsed;
    const auto text = macros_.expand(now.macro, facts());
    if (!text) return text.error();
    const auto seconds = macro_number(trimmed(text.value()));
    if (!seconds) return seconds.error();
    constexpr double seconds_max = 100.0 * 365 * 86'400;
    const double end_s = static_cast<double>(session_.now().to_unix_s()) + seconds.value();
    if (seconds.value() < 0 || end_s > seconds_max) {
      return Error{fmt::format("{} s cannot pass", text.value())};
    }
    return Duration::nanoseconds(static_cast<std::int64_t>(seconds.value() * 1e9));
  }

  void end_newest(const Step& now) {
    if (session_.open().empty()) {
      mismatch(now, "an upstream query", "none is open\n");
      return;
    }
    at_ += 1;
    const std::size_t newest = session_.open().size() - 1;
    if (now.type == StepType::reply) {
      reply(newest, *now.entry);
    } else {
      session_.fail(newest);
      look_at_sent();
    }
  }

  [[nodiscard]] std::string open_queries() const {
    std::string out = session_.open().empty() ? "no upstream query\n" : "";
    for (const OpenQuery& query : session_.open()) out += fmt::format("  {}\n", query.to_text());
    return out;
  }

  const Script& script_;
  Session session_;
  PlayResult& result_;
  Macros macros_;
  std::size_t at_ = 0;      // the step that is next
  std::uint64_t seen_ = 0;  // the last query that steps have looked at as it was sent
};

}  // namespace

void play_testbound(const Script& script, const Settings& settings, const PlayOptions& options,
                    PlayResult& result) {
  TestboundHost(script, settings, options, result).play();
}

}  // namespace zonefall::rpl
