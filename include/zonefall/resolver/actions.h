// What a host gives to a recursive resolver, and what the resolver wants done.
//
// Plain data. A host (simulation, scenario-file runner, sockets) turns a SendQuery into an exchange
// and reports its end exactly once, as a response or as a timeout.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zonefall/core/time.h"
#include "zonefall/dns/address.h"
#include "zonefall/dns/message.h"
#include "zonefall/dnssec/verdict.h"

namespace zonefall::resolver {

/// A stub's query. `token` comes back in the reply.
struct ClientQuery {
  std::uint64_t token = 0;
  dns::Question question;
  bool recursion_desired = true;
  bool dnssec_ok = false;
  bool authentic_data = false;  // AD set in the query: the client understands AD (RFC 6840 5.7)
  bool checking_disabled = false;
};

enum class Transport : std::uint8_t { udp, tcp };

struct SendQuery {
  std::uint64_t exchange = 0;  // unique within a resolver's life
  dns::Address server;
  dns::Question question;
  bool dnssec_ok = true;
  bool checking_disabled = false;
  bool recursion_desired = false;  // asked of a forwarder
  bool has_edns = true;            // else there is no room for DO, nor for the next
  std::uint16_t udp_payload_octets = 1232;
  Transport transport = Transport::udp;
  Duration timeout;  // report a timeout after this long without a response
};

/// What the client was given, beyond the RCODE: the closed list that outcomes are counted by.
enum class Served : std::uint8_t {
  secure,       // validated, AD
  insecure,     // proved insecure
  unvalidated,  // the resolver does not validate, or CD
  under_nta,
  stale,
  failed_bogus,   // SERVFAIL: validation failed just now
  failed_cached,  // SERVFAIL from a failure cache
  failed_unreachable,
  failed_limit,  // SERVFAIL: a bound on work
  bogus,         // failed validation, and given all the same (ResolverProfile::permissive)
};

/// RRsets as cached, and nothing else of the responses that brought them, at most 65,535 in a
/// section. Most answers are one RRset, which stands in the object itself.
class AnswerData {
 public:
  using Section = std::span<const dns::SignedRRset>;
  AnswerData(dns::Rcode response_code, Section in_answer, Section in_authority,
             Section in_additional = {}, std::vector<dns::BareRrsig> signatures = {});
  AnswerData(const AnswerData&) = delete;
  AnswerData& operator=(const AnswerData&) = delete;
  ~AnswerData() = default;

  [[nodiscard]] dns::Rcode rcode() const { return rcode_; }
  [[nodiscard]] Section answer() const { return all().first(answer_count_); }
  [[nodiscard]] Section authority() const { return all().subspan(answer_count_, authority_count_); }
  [[nodiscard]] Section additional() const {
    return all().subspan(std::size_t{answer_count_} + authority_count_);
  }
  /// What a question of type RRSIG is answered with, in the answer section too.
  [[nodiscard]] std::span<const dns::BareRrsig> signatures() const {
    if (signatures_ == nullptr) return {};
    return *signatures_;
  }

 private:
  [[nodiscard]] Section all() const {
    return more_.empty() ? Section(&one_, one_.rrset ? 1 : 0) : Section(more_);
  }

  dns::Rcode rcode_;
  std::uint16_t answer_count_;
  std::uint16_t authority_count_;
  std::unique_ptr<const std::vector<dns::BareRrsig>> signatures_;  // null: none
  dns::SignedRRset one_;                                           // the only one, or null
  std::vector<dns::SignedRRset> more_;  // all of them, section by section, if there are two or more
};

struct ClientReply {
  std::uint64_t token = 0;
  dns::Rcode rcode = dns::Rcode::servfail;
  bool authentic_data = false;
  Served served = Served::failed_unreachable;
  std::shared_ptr<const dnssec::Verdict> verdict;  // why; never null
  std::optional<dns::EdeCode> ede;
  std::shared_ptr<const AnswerData> data;  // null for failures
  std::uint32_t ttl_s = 0;                 // of the whole: the smallest of its RRsets'
  std::uint32_t age_s = 0;                 // since the data were stored
  bool from_cache = false;                 // no upstream query was needed
  std::string_view why;                    // the policy's reason
  /// Any query for the same question before this instant gets the same reply (TTLs apart) and
  /// leaves state_hash() unchanged. nullopt: no such promise.
  std::optional<SimTime> standing_until;
};

/// Appended to by the resolver, emptied by the host. `wake_at` is the earliest wanted wake-up after
/// the call, whatever was asked for before.
struct Actions {
  std::vector<SendQuery> sends;
  std::vector<ClientReply> replies;
  std::optional<SimTime> wake_at;
  void clear() {
    sends.clear();
    replies.clear();
    wake_at.reset();
  }
};

/// The DNS message for a reply, TTLs counted down, DNSSEC records only if asked for (RFC 4035 3.2).
dns::Message to_message(const ClientReply& reply, const ClientQuery& query);

}  // namespace zonefall::resolver
