// Options of unbound.conf(5) that neither a client nor a server of a script can see at work.
#include <algorithm>
#include <array>

#include "rpl/settings.h"

namespace zonefall::rpl {
namespace {

struct Invisible {
  std::string_view name;
  std::string_view value;  // only this one has no effect; empty: none has
  std::string_view why;
};

constexpr std::string_view log = "what is written to a log";
constexpr std::string_view sizes = "sizes of memory, sockets and threads";
constexpr std::string_view early = "asks for the same things earlier or in another order";
constexpr std::string_view off = "the feature is off, as it is here";

constexpr std::array invisible = {
    Invisible{"log-queries", {}, log},
    Invisible{"log-replies", {}, log},
    Invisible{"log-servfail", {}, log},
    Invisible{"log-local-actions", {}, log},
    Invisible{"log-time-ascii", {}, log},
    Invisible{"logfile", {}, log},
    Invisible{"use-syslog", {}, log},
    Invisible{"val-log-level", {}, log},
    Invisible{"verbosity", {}, log},
    Invisible{"statistics-interval", {}, log},
    Invisible{"extended-statistics", {}, log},
    Invisible{"num-threads", {}, sizes},
    Invisible{"msg-cache-size", {}, sizes},
    Invisible{"msg-cache-slabs", {}, sizes},
    Invisible{"rrset-cache-size", {}, sizes},
    Invisible{"rrset-cache-slabs", {}, sizes},
    Invisible{"infra-cache-slabs", {}, sizes},
    Invisible{"infra-cache-numhosts", {}, sizes},
    Invisible{"key-cache-size", {}, sizes},
    Invisible{"key-cache-slabs", {}, sizes},
    Invisible{"neg-cache-size", {}, sizes},
    Invisible{"outgoing-range", {}, sizes},
    Invisible{"so-reuseport", {}, sizes},
    Invisible{"port", {}, sizes},
    Invisible{"interface", {}, sizes},
    Invisible{"directory", {}, sizes},
    Invisible{"chroot", {}, sizes},
    Invisible{"username", {}, sizes},
    Invisible{"pidfile", {}, sizes},
    Invisible{"target-fetch-policy", {}, early},
    Invisible{"prefetch-key", {}, early},
    Invisible{"prefer-ip4", {}, early},
    Invisible{"prefer-ip6", {}, early},
    Invisible{"fast-server-num", {}, early},
    Invisible{"fast-server-permil", {}, early},
    Invisible{"infra-keep-probing", {}, early},
    Invisible{"infra-cache-min-rtt", {}, early},
    Invisible{"infra-cache-max-rtt", {}, early},
    Invisible{"unknown-server-time-limit", {}, early},
    Invisible{"trust-anchor-signaling", {}, "queries that nobody needs answered (RFC 8145)"},
    Invisible{"rrset-roundrobin", {}, "answers are compared in any order"},
    Invisible{"use-caps-for-id", {}, "testbound's network neither changes case nor checks it"},
    Invisible{"caps-exempt", {}, "testbound's network neither changes case nor checks it"},
    Invisible{"iter-scrub-cname", {}, "each alias is asked for by itself"},
    Invisible{"harden-short-bufsize", {}, "clients here name a usual size"},
    Invisible{"harden-large-queries", {}, "queries here are small"},
    Invisible{"do-udp", "yes", "as it is here"},
    Invisible{"do-tcp", {}, "testbound has none upstream, and takes what clients send"},
    Invisible{"harden-algo-downgrade", "no", off},
    Invisible{"harden-referral-path", "no", off},
    Invisible{"harden-unverified-glue", "no", off},
    Invisible{"harden-unknown-additional", "no", off},
    Invisible{"tcp-upstream", "no", off},
    Invisible{"tls-upstream", "no", off},
    Invisible{"ssl-upstream", "no", off},
    Invisible{"answer-cookie", "no", off},
    Invisible{"ratelimit", "0", off},
    Invisible{"ip-ratelimit", "0", off},
};

}  // namespace

bool unbound_option_without_effect(const Option& option) {
  return std::any_of(invisible.begin(), invisible.end(), [&](const Invisible& one) {
    return one.name == option.name && (one.value.empty() || one.value == option.value);
  });
}

}  // namespace zonefall::rpl
