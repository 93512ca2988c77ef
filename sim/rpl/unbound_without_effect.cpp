// Options of unbound.conf(5) that neither a client nor a server of a script can see at work.
#include <algorithm>
#include <array>

#include "rpl/settings.h"

namespace zonefall::rpl {
namespace {

struct Invisible {
  std::string_view name;   // with a dash at its end: whatever begins so
  std::string_view value;  // only this one has no effect; empty: none has
  std::string_view why;
};

constexpr std::string_view log = "what is written to a log";
constexpr std::string_view sizes = "sizes of memory, sockets and threads";
constexpr std::string_view tls = "how messages are wrapped on their way";
constexpr std::string_view early = "asks for the same things earlier or in another order";
constexpr std::string_view off = "the feature is off, as it is here";
constexpr std::string_view module = "of a module, or of a feature, that another option switches on";

constexpr std::array invisible = {
    Invisible{"log-", {}, log},
    Invisible{"statistics-", {}, log},
    Invisible{"shm-", {}, log},
    Invisible{"val-log-squelch", {}, log},
    Invisible{"so-", {}, sizes},
    Invisible{"outgoing-", {}, sizes},
    Invisible{"incoming-num-tcp", {}, sizes},
    Invisible{"interface-automatic", {}, sizes},
    Invisible{"interface-automatic-ports", {}, sizes},
    Invisible{"ip-transparent", {}, sizes},
    Invisible{"ip-freebind", {}, sizes},
    Invisible{"ip-dscp", {}, sizes},
    Invisible{"tcp-mss", {}, sizes},
    Invisible{"tcp-idle-timeout", {}, sizes},
    Invisible{"tcp-reuse-timeout", {}, sizes},
    Invisible{"tcp-auth-query-timeout", {}, sizes},
    Invisible{"max-reuse-tcp-queries", {}, sizes},
    Invisible{"sock-queue-timeout", {}, sizes},
    Invisible{"stream-wait-size", {}, sizes},
    Invisible{"msg-buffer-size", {}, sizes},
    Invisible{"num-queries-per-thread", {}, sizes},
    Invisible{"jostle-timeout", {}, sizes},
    Invisible{"delay-close", {}, sizes},
    Invisible{"udp-connect", {}, sizes},
    Invisible{"infra-cache-lame-size", {}, sizes},
    Invisible{"infra-lame-ttl", {}, sizes},
    Invisible{"infra-host-ttl", {}, early},
    Invisible{"unwanted-reply-threshold", {}, sizes},
    Invisible{"do-daemonize", {}, sizes},
    Invisible{"use-systemd", {}, sizes},
    Invisible{"tls-port", {}, tls},
    Invisible{"ssl-port", {}, tls},
    Invisible{"tls-service-key", {}, tls},
    Invisible{"ssl-service-key", {}, tls},
    Invisible{"tls-service-pem", {}, tls},
    Invisible{"ssl-service-pem", {}, tls},
    Invisible{"tls-cert-bundle", {}, tls},
    Invisible{"ssl-cert-bundle", {}, tls},
    Invisible{"tls-win-cert", {}, tls},
    Invisible{"tls-system-cert", {}, tls},
    Invisible{"tls-additional-port", {}, tls},
    Invisible{"tls-session-ticket-keys", {}, tls},
    Invisible{"tls-ciphers", {}, tls},
    Invisible{"tls-ciphersuites", {}, tls},
    Invisible{"tls-use-sni", {}, tls},
    Invisible{"tls-protocols", {}, tls},
    Invisible{"hide-http-user-agent", {}, tls},
    Invisible{"proxy-protocol-port", {}, "clients here come without a proxy"},
    Invisible{"tcp-connection-limit", {}, "clients here come one by one"},
    Invisible{"wait-limit", "0", off},
    Invisible{"wait-limit-cookie", "0", off},
    Invisible{"http-", {}, sizes},
    Invisible{"https-port", {}, sizes},
    Invisible{"quic-", {}, sizes},
    Invisible{"pad-", {}, "messages over TLS only (RFC 8467)"},
    Invisible{"fast-server-", {}, early},
    Invisible{"low-rtt", {}, early},
    Invisible{"low-rtt-permil", {}, early},
    Invisible{"ip-ratelimit-", {}, module},
    Invisible{"ratelimit-", {}, module},
    Invisible{"cookie-secret-file", {}, module},
    Invisible{"edns-tcp-keepalive", "no", off},
    Invisible{"edns-tcp-keepalive-timeout", {}, module},
    Invisible{"client-subnet-", {}, module},
    Invisible{"max-client-subnet-", {}, module},
    Invisible{"min-client-subnet-", {}, module},
    Invisible{"send-client-subnet", {}, module},
    Invisible{"max-ecs-tree-size-ipv4", {}, module},
    Invisible{"max-ecs-tree-size-ipv6", {}, module},
    Invisible{"python-script", {}, module},
    Invisible{"ipsecmod-", {}, module},
    Invisible{"zonemd-permissive-mode", {}, module},
    Invisible{"add-holddown", {}, "files of keys are not kept up to date (RFC 5011)"},
    Invisible{"del-holddown", {}, "files of keys are not kept up to date (RFC 5011)"},
    Invisible{"keep-missing", {}, "files of keys are not kept up to date (RFC 5011)"},
    Invisible{"permit-small-holddown", {}, "files of keys are not kept up to date (RFC 5011)"},
    Invisible{"disable-dnssec-lame-check", "no", off},
    Invisible{"dns-error-reporting", "no", off},
    Invisible{"udp-upstream-without-downstream", {}, "testbound's network is there all the same"},
    Invisible{"caps-whitelist", {}, "testbound's network neither changes case nor checks it"},
    Invisible{"logfile", {}, log},
    Invisible{"use-syslog", {}, log},
    Invisible{"val-log-level", {}, log},
    Invisible{"verbosity", {}, log},
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
    Invisible{"port", {}, sizes},
    Invisible{"interface", {}, sizes},
    Invisible{"ip-address", {}, sizes},
    Invisible{"directory", {}, sizes},
    Invisible{"chroot", {}, sizes},
    Invisible{"username", {}, sizes},
    Invisible{"pidfile", {}, sizes},
    Invisible{"target-fetch-policy", {}, early},
    Invisible{"prefetch-key", {}, early},
    Invisible{"prefer-ip4", {}, early},
    Invisible{"prefer-ip6", {}, early},
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
    Invisible{"harden-referral-path", "no", off},
    Invisible{"ratelimit", "0", off},
    Invisible{"ip-ratelimit", "0", off},
};

}  // namespace

bool unbound_option_without_effect(const Option& option) {
  return std::any_of(invisible.begin(), invisible.end(), [&](const Invisible& one) {
    const bool is_it =
        one.name.ends_with('-') ? option.name.starts_with(one.name) : option.name == one.name;
    return is_it && (one.value.empty() || one.value == option.value);
  });
}

}  // namespace zonefall::rpl
