// A host in virtual time for one resolver: servers that do what a test's script says.
//
// Hands each SendQuery to authority::reply() over the zones of a SmallInternet, lets the script of
// the asked address have its way (latency, loss, silence, lame or wrong answers), and reports the
// end of the exchange when it is due. A value: a copy goes on from the same instant, with a copy of
// the resolver. Checks as it goes that no client query is answered twice.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "small_internet.h"
#include "zonefall/authority/server.h"
#include "zonefall/dns/message.h"
#include "zonefall/resolver/resolver.h"

namespace zonefall::resolver::testing {

/// What a server does with a question it could answer.
enum class Manner : std::uint8_t {
  answers,
  silent,
  refused,
  servfail,
  wrong_question,   // answers what nobody asked
  upward_referral,  // lame: "go and ask the root"
  truncates,        // TC on every UDP answer
};

using Tamper = std::function<void(const dns::Question&, dns::Message&)>;

/// What the operator of a test's resolver has set otherwise.
using Adjust = std::function<void(ResolverConfig&)>;

struct Script {
  Manner manner = Manner::answers;
  Duration latency = Duration::milliseconds(10);
  std::uint32_t loses = 0;  // of the next queries
  Tamper tamper = nullptr;  // changes the right answer
};

struct Sent {
  SimTime at;
  std::string server;
  dns::Question question;
  Transport transport = Transport::udp;
  Duration timeout;
};

struct Ask {
  std::string name;
  dns::RRType type = dns::RRType::a;
  bool dnssec_ok = true;
  bool authentic_data = false;
  bool checking_disabled = false;
};

dns::Question question_of(std::string_view name, dns::RRType type = dns::RRType::a);

class ScriptedHost {
 public:
  explicit ScriptedHost(const ResolverProfile& profile, SmallInternet internet = {},
                        const std::vector<std::string>& more_anchors = {},
                        VerdictMemo* verdicts = nullptr, const Adjust& adjust = nullptr);

  [[nodiscard]] SimTime now() const { return now_; }
  Resolver& resolver() { return resolver_; }
  SmallInternet& internet() { return internet_; }
  /// All servers serve the zone as it is planned now.
  void publish(const std::string& apex);
  Script& script(const std::string& address) { return scripts_[address]; }
  void script_all(const std::vector<std::string>& addresses, Manner manner);

  /// Queries now; the reply may be there at once.
  std::uint64_t submit(const Ask& ask);
  [[nodiscard]] const ClientReply* reply(std::uint64_t token) const;
  /// Queries, and lets time pass until the reply is there; fails the test after a minute.
  ClientReply ask(const Ask& ask);
  ClientReply ask(const std::string& name) { return ask(Ask{.name = name}); }
  void operate(const OperatorAction& action);
  void run_until(SimTime at);
  void run_for(Duration span) { run_until(now_ + span); }

  [[nodiscard]] const std::vector<Sent>& sent() const { return sent_; }
  void forget_sent() { sent_.clear(); }
  /// Queries to servers whose address starts with `prefix`.
  [[nodiscard]] std::size_t sent_to(std::string_view prefix) const;
  [[nodiscard]] std::size_t asked(std::string_view name, dns::RRType type) const;
  /// "server name TYPE" of each query, one a line.
  [[nodiscard]] std::string log() const;

 private:
  struct Response {
    std::uint64_t exchange = 0;
    dns::MessagePtr message;  // null: timeout
  };
  struct Wake {};
  using Event = std::variant<Response, Wake>;

  void carry_out();
  void send(const SendQuery& query);
  [[nodiscard]] dns::MessagePtr answer(const SendQuery& query, const Script& script);
  void step();

  SmallInternet internet_;
  std::map<dns::Address, authority::NameServer> servers_;
  std::map<std::string, Script> scripts_;
  // Shared by copies of this host: it changes nothing but the time that answers take.
  std::shared_ptr<authority::AnswerMemo> memo_ = std::make_shared<authority::AnswerMemo>();
  Resolver resolver_;
  Actions actions_;
  SimTime now_ = start_time;
  std::multimap<SimTime, Response> events_;
  std::optional<SimTime> wake_at_;
  std::uint64_t next_token_ = 1;
  std::map<std::uint64_t, ClientReply> replies_;
  std::vector<Sent> sent_;
};

}  // namespace zonefall::resolver::testing
