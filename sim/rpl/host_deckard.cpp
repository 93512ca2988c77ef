#include <algorithm>

#include <fmt/format.h>

#include "rpl/hosts.h"
#include "rpl/session.h"

namespace zonefall::rpl {
namespace {

// On loopback; nothing depends on how long it is, only that it is not nothing.
constexpr Duration reply_time = Duration::milliseconds(1);
constexpr Duration client_patience = Duration::seconds(5);

class DeckardHost {
 public:
  DeckardHost(const Script& script, const Settings& settings, const PlayOptions& options,
              PlayResult& result)
      : script_(script),
        session_(settings, Dialect::deckard, options.traces),
        result_(result),
        used_(script.steps.size(), false) {}

  void play() {
    for (at_ = 0; at_ < script_.steps.size() && result_.mismatches.empty(); ++at_) do_step();
    for (const OpenQuery& query : session_.open()) result_.open.push_back(query.to_text());
    check_mandatory();
    result_.trace = session_.take_trace();
  }

 private:
  [[nodiscard]] const Step& step() const { return script_.steps[at_]; }

  void mismatch(std::string expected, std::string got) {
    result_.mismatches.push_back({step().line,
                                  fmt::format("STEP {} {}", step().number, step().keyword),
                                  std::move(expected), std::move(got)});
  }

  void do_step() {
    switch (step().type) {
      case StepType::query: ask(); return;
      case StepType::check_answer: check(); return;
      case StepType::time_passes: session_.set_now(session_.now() + step().elapsed); return;
      case StepType::unsupported: mismatch(step().keyword + '\n', step().reason + '\n'); return;
      default: return;  // CHECK_OUT_QUERY is not looked at, REPLY is a reply for later
    }
  }

  void ask() {
    const Entry& entry = *step().entry;
    session_.answers().clear();
    last_answer_.reset();
    const std::uint64_t number = session_.query(entry, std::nullopt);
    if (entry.raw) return;  // nobody waits for the answer to that
    run_until(session_.now() + client_patience, number);
    last_answer_ = answer_to(number);
    if (!last_answer_) mismatch("an answer within 5 s", "none\n");
  }

  [[nodiscard]] std::optional<Packet> answer_to(std::uint64_t number) {
    for (const ClientAnswer& answer : session_.answers()) {
      if (answer.number == number) return answer.packet;
    }
    return std::nullopt;
  }

  void check() {
    const Entry& expected = *step().entry;
    if (!last_answer_) {
      mismatch(to_text(expected), "no answer\n");
      return;
    }
    const auto wrong = differences(*last_answer_, expected, Dialect::deckard);
    if (wrong.empty()) return;
    mismatch(to_text(expected),
             fmt::format("{}  differs: {}\n", to_text(*last_answer_), fmt::join(wrong, ", ")));
  }

  // What happens next: a reply that is on its way, a timeout, a timer of the resolver.
  void run_until(SimTime end, std::uint64_t number) {
    while (!answer_to(number)) {
      SimTime next = session_.wake_at().value_or(SimTime::max());
      std::optional<std::size_t> query;
      for (std::size_t i = 0; i < session_.open().size(); ++i) {
        const SimTime due = due_of(session_.open()[i]);
        if (due >= next) continue;
        next = due;
        query = i;
      }
      if (next > end) return session_.set_now(end);
      session_.set_now(std::max(session_.now(), next));
      if (!query) {
        session_.wake();
      } else {
        end_exchange(*query);
      }
    }
  }

  [[nodiscard]] SimTime due_of(const OpenQuery& query) const {
    const Reply reply = reply_for(query);
    const bool is_silent = reply.entry != nullptr && is_lost(*reply.entry);
    return query.sent_at + (is_silent ? query.send.timeout : reply_time);
  }

  // A reply with an ID that is not the query's is no reply.
  [[nodiscard]] static bool is_lost(const Entry& entry) {
    const bool has_id = entry.raw ? entry.adjust.raw_id : entry.adjust.copy_id;
    return entry.adjust.do_not_answer || !has_id;
  }

  struct Reply {
    const Entry* entry = nullptr;          // null: SERVFAIL, the script has nothing
    std::optional<std::size_t> from_step;  // of a REPLY step, which serves once
  };

  // The first range that is valid now and serves that address, and if none does the first valid
  // one, whatever its address; what it does not hold no other range does.
  [[nodiscard]] Reply reply_for(const OpenQuery& query) const {
    const Packet packet = query.packet();
    const Range* by_address = nullptr;
    const Range* by_number = nullptr;
    for (const Range& range : script_.ranges) {
      const bool is_valid = range.first <= step().number && step().number <= range.last;
      if (!is_valid) continue;
      if (by_number == nullptr) by_number = &range;
      const bool is_there =
          range.addresses.empty() || std::find(range.addresses.begin(), range.addresses.end(),
                                               query.send.server) != range.addresses.end();
      if (is_there && by_address == nullptr) by_address = &range;
    }
    const Range* range = by_address != nullptr ? by_address : by_number;
    if (range != nullptr) {
      for (const Entry& entry : range->entries) {
        if (fits(packet, entry, Dialect::deckard)) return {&entry, std::nullopt};
      }
      return {};
    }
    for (std::size_t i = 0; i < script_.steps.size(); ++i) {
      const Step& later = script_.steps[i];
      const bool serves = later.type == StepType::reply && later.number >= step().number &&
                          !used_[i] && fits(packet, *later.entry, Dialect::deckard);
      if (serves) return {&*later.entry, i};
    }
    return {};
  }

  void end_exchange(std::size_t index) {
    const OpenQuery query = session_.open()[index];
    const Reply reply = reply_for(query);
    if (reply.entry == nullptr) {
      result_.unscripted.push_back(query.to_text());
      Entry servfail;
      servfail.flags.qr = true;
      servfail.rcode = dns::Rcode::servfail;
      servfail.adjust.copy_id = servfail.adjust.copy_query = true;
      session_.respond(index, *reply_octets(servfail, query.packet(), Dialect::deckard));
      return;
    }
    fired_.push_back(reply.entry);
    if (reply.from_step) used_[*reply.from_step] = true;
    if (is_lost(*reply.entry)) {
      session_.fail(index);
    } else {
      session_.respond(index, *reply_octets(*reply.entry, query.packet(), Dialect::deckard));
    }
  }

  void check_mandatory() {
    for (const Range& range : script_.ranges) {
      for (const Entry& entry : range.entries) {
        const bool has_fired = std::find(fired_.begin(), fired_.end(), &entry) != fired_.end();
        if (!entry.is_mandatory || has_fired || !result_.passed()) continue;
        result_.mismatches.push_back(
            {entry.line, "MANDATORY", to_text(entry), "nobody asked for it\n"});
      }
    }
  }

  const Script& script_;
  Session session_;
  PlayResult& result_;
  std::vector<bool> used_;  // REPLY steps
  std::vector<const Entry*> fired_;
  std::optional<Packet> last_answer_;
  std::size_t at_ = 0;
};

}  // namespace

void play_deckard(const Script& script, const Settings& settings, const PlayOptions& options,
                  PlayResult& result) {
  DeckardHost(script, settings, options, result).play();
}

}  // namespace zonefall::rpl
