// The recursive resolver, sans I/O: messages in, actions out.
//
// Sources: RFC 1034 5.3.3, RFC 2308, RFC 4035 4 and 5, RFC 5155, RFC 6840, RFC 7646, RFC 8198 (DS
// only), RFC 8767, RFC 8914, RFC 9156, RFC 9520. The resolver never sees a clock, a socket, a
// thread or a random device: every call has `now`, and what it wants done it appends to Actions.
// The same object is driven by the simulation, by scenario files (.rpl) and by real sockets;
// nothing it decides depends on anything but its state, the messages and `now`. Calls come in
// order of time; the resolver never fails: whatever arrives, it ends in replies.
//
// State is a value: a Resolver can be copied (a fork of the run), and state_hash() is equal for
// equal states.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "zonefall/core/time.h"
#include "zonefall/dns/address.h"
#include "zonefall/dns/message.h"
#include "zonefall/dnssec/signature.h"
#include "zonefall/dnssec/validate.h"
#include "zonefall/resolver/actions.h"
#include "zonefall/resolver/nta_watch.h"
#include "zonefall/resolver/profile.h"
#include "zonefall/resolver/trace.h"
#include "zonefall/resolver/verdict_memo.h"

namespace zonefall::resolver {

struct RootHint {
  dns::Name name;
  std::vector<dns::Address> addresses;
};

/// Servers that the operator has named for a zone and all below it. A stub zone's answer for the
/// zone themselves, and a known delegation deeper down goes before them; a forwarder resolves for
/// us (RFC 9499 6: queries have RD set), whatever is known.
struct FixedServers {
  dns::Name zone;
  std::vector<dns::Address> addresses;
  bool is_forwarder = false;
  /// Servers by name, whose addresses have to be looked up.
  std::vector<dns::Name> names = {};
  /// Where they fail, the zone is resolved as if nobody had named them.
  bool is_first_try = false;
  /// Answers from there are not kept, nor looked for in the cache. Of a chain of aliases that
  /// passes there, the other steps are.
  bool is_uncached = false;
  /// They are only asked who serves the stub zone (RFC 8109 for the root's), and those then are.
  bool is_primed = false;
};

/// A DS RRset at the anchor's zone. The root's is the usual one; others are positive anchors, which
/// win over NTAs above them (RFC 7646 2).
using TrustAnchor = dns::RRsetPtr;

struct ResolverConfig {
  std::shared_ptr<const ResolverProfile> profile;
  std::vector<RootHint> root_hints;
  std::vector<FixedServers> fixed_servers = {};
  std::vector<TrustAnchor> trust_anchors;
  std::shared_ptr<const dnssec::SignatureVerifier> verifier;
  /// Servers at addresses of the other kind are not asked, nor is for such addresses.
  bool uses_ipv4 = true;
  bool uses_ipv6 = true;
  /// Servers at these addresses are not asked either.
  std::vector<dns::AddressBlock> avoided_addresses = {};
  /// Not to be had by names of the public: such records are taken out of responses, unless their
  /// owners are at or below one of `private_domains`.
  std::vector<dns::AddressBlock> private_addresses = {};
  std::vector<dns::Name> private_domains = {};
  /// Instead of the profile's bound on NSEC3 iterations: ValidationLimits' by key size.
  std::vector<dnssec::Nsec3IterationBound> nsec3_iterations_by_key_size = {};
  /// The instant at which signatures are judged, whatever the clock says; nullopt: the clock's.
  std::optional<SimTime> signatures_judged_at = std::nullopt;
  /// Names the resolver's random stream (server choice), together with `entity`.
  std::uint64_t seed = 0;
  std::uint64_t entity = 0;
  /// Verdicts shared with other resolvers of the thread; may be null. Must outlive the resolver.
  VerdictMemo* verdicts = nullptr;
};

/// What an operator does to his resolver.
struct InstallNta {
  dns::Name name;
  std::optional<Duration> lifetime = std::nullopt;  // nullopt: the profile's
  std::optional<Duration> recheck = std::nullopt;   // the same
};
struct RemoveNta {
  dns::Name name;
};
struct Flush {
  enum class What : std::uint8_t { name, subtree, bogus, everything };
  What what = What::name;
  dns::Name name;
};
/// One answer of the cache, to those who do not set CD, is forgotten, or as if it had expired
/// this long ago.
struct ExpireAnswer {
  dns::Question question;
  std::optional<Duration> ago = std::nullopt;
};
/// NtaWatch: from now on he watches.
using OperatorAction = std::variant<InstallNta, RemoveNta, Flush, NtaWatch, ExpireAnswer>;

/// Counts since construction; not part of the state.
struct ResolverCounters {
  std::uint64_t client_queries = 0;
  std::uint64_t resolutions = 0;  // client queries the cache could not answer
  std::uint64_t exchanges = 0;    // queries sent upstream
  std::uint64_t signature_validations = 0;
};

class Resolver {
 public:
  explicit Resolver(ResolverConfig config);
  Resolver(const Resolver& other);
  Resolver(Resolver&& other) noexcept;
  Resolver& operator=(const Resolver& other);
  Resolver& operator=(Resolver&& other) noexcept;
  ~Resolver();

  void on_client_query(const ClientQuery& query, SimTime now, Actions& actions);
  /// `exchange` was answered. A response that does not belong to an open exchange is ignored.
  void on_response(std::uint64_t exchange, const dns::MessagePtr& message, SimTime now,
                   Actions& actions);
  void on_timeout(std::uint64_t exchange, SimTime now, Actions& actions);
  void on_wake(SimTime now, Actions& actions);
  void on_operator(const OperatorAction& action, SimTime now, Actions& actions);

  /// True while an NTA stands, as of the last call.
  [[nodiscard]] bool has_nta() const;
  /// Equal for equal states, whatever path led there. Counters and tracer do not count.
  [[nodiscard]] std::uint64_t state_hash() const;
  [[nodiscard]] const ResolverCounters& counters() const;
  /// Null switches tracing off. The tracer must outlive its use here.
  void set_tracer(Tracer* tracer);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace zonefall::resolver
