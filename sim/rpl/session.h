// One resolver under test with its clients and the queries it has sent, for the sources of this
// module: what the hosts of both dialects share.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rpl/packet.h"
#include "rpl/settings.h"

namespace zonefall::rpl {

/// An upstream query that nobody has answered yet.
struct OpenQuery {
  std::uint64_t number = 0;  // from 1, in the order they were sent
  resolver::SendQuery send;
  SimTime sent_at;
  // Whatever the resolver says:
  bool is_tcp = false;
  bool has_do = false;
  [[nodiscard]] Packet packet() const;
  [[nodiscard]] std::string to_text() const;
};

struct ClientAnswer {
  std::uint64_t number = 0;  // of the query, from 1
  dns::Address client;
  Packet packet;
};

class Session {
 public:
  Session(const Settings& settings, Dialect dialect, bool traces);

  [[nodiscard]] SimTime now() const { return now_; }
  /// Lets time pass without waking the resolver.
  void set_now(SimTime now) { now_ = now; }

  /// Sends the entry's message from that address, or from this host; its answer has the number that
  /// is given back.
  std::uint64_t query(const Entry& entry, const std::optional<dns::Address>& client);
  void respond(std::size_t open_query, const dns::Octets& octets);
  void fail(std::size_t open_query);
  void wake();
  void operate(const resolver::OperatorAction& action);
  [[nodiscard]] std::optional<SimTime> wake_at() const { return wake_at_; }

  /// In the order they were sent.
  [[nodiscard]] const std::vector<OpenQuery>& open() const { return open_; }
  /// In the order they were given.
  std::vector<ClientAnswer>& answers() { return answers_; }
  [[nodiscard]] std::vector<std::string> take_trace() { return tracer_.take(); }

 private:
  // A query with what its answer is shaped by.
  struct Asked {
    dns::Address client;
    resolver::ClientQuery query;
    dns::RRClass qclass = dns::RRClass::in;  // as the client has it
    std::optional<dns::Edns> edns;
    std::optional<dns::SignedRRset> alias;  // of local data, by which its question was found
    // DNS64: the PTR record is asked for by another name, or AAAA records were asked for before.
    std::optional<dns::Name> reverse_name;
    std::optional<dns::Message> ipv6_answer;
    bool is_tcp = false;
    SimTime at;
  };

  void ask_resolver(Asked asked);
  static dns::Message with_pointer(dns::Message message, const Asked& asked);
  void resolve(const FrontAnswer& front, Asked asked);
  void collect();
  void answer(const resolver::ClientReply& reply);
  void give(const Asked& asked, dns::Message message);
  void finish_edns(dns::Edns& edns, const Asked& asked) const;
  [[nodiscard]] dns::Message shaped(const resolver::ClientReply& reply, const Asked& asked) const;

  Dialect dialect_;
  AnswerShape shape_;
  FrontSettings front_;
  std::optional<Dns64> dns64_;
  std::optional<dns::AddressBlock> nat64_;
  bool asks_over_tcp_;
  bool always_sets_do_;
  bool asks_again_ = false;  // while answers are given
  resolver::Resolver resolver_;
  resolver::Actions actions_;
  resolver::TextTracer tracer_;
  SimTime now_;
  std::optional<SimTime> wake_at_;
  std::vector<OpenQuery> open_;
  std::vector<ClientAnswer> answers_;
  std::map<std::uint64_t, Asked> asked_;
  std::uint64_t next_token_ = 1;
  std::uint64_t sent_ = 0;
};

}  // namespace zonefall::rpl
