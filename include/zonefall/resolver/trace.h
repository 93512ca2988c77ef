// Explanations: every step a resolver takes for a query, for `zonefall query --explain`.
//
// A Tracer is not part of the state and never changes what happens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zonefall/core/time.h"
#include "zonefall/dns/message.h"
#include "zonefall/dnssec/verdict.h"

namespace zonefall::resolver {

enum class TraceKind : std::uint8_t {
  client_query,
  cache_hit,
  wait,  // for a pursuit, new or already under way
  send,
  response,
  timeout,
  validation,  // one step of the chain, with its verdict
  policy,      // a decision and why
  client_reply,
};

/// What happens, as a verb for people: "ask", "validate".
std::string_view to_text(TraceKind kind);

struct TraceStep {
  SimTime at;
  TraceKind kind = TraceKind::client_query;
  std::uint32_t depth = 0;  // 0: the client's question, 1: fetched for it, ...
  dns::Question question;
  std::string detail;  // one line for people: server, RRset, key tag, reason
  /// What belongs together: a client's own steps have its token and no task; a task is the pursuit
  /// of one question, for whoever waits for it. 0: none.
  std::uint64_t client = 0;
  std::uint64_t task = 0;
  std::uint64_t awaited = 0;  // wait: this task
};

class Tracer {
 public:
  virtual ~Tracer() = default;
  virtual void step(const TraceStep& step) = 0;
};

/// Writes each step down as a line for people, indented by depth.
class TextTracer final : public Tracer {
 public:
  void step(const TraceStep& step) override;
  /// Those since the last call.
  std::vector<std::string> take() { return std::exchange(lines_, {}); }

 private:
  std::vector<std::string> lines_;
};

}  // namespace zonefall::resolver
