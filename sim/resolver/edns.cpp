// Servers that know no EDNS (RFC 6891 7): they are asked without, and so give no DNSSEC records.
#include "resolver/state.h"

namespace zonefall::resolver {

namespace {

constexpr Duration without_edns_for = Duration::minutes(15);  // Unbound's infra-host-ttl

bool is_syntax_error(dns::Rcode rcode) {
  return rcode == dns::Rcode::formerr || rcode == dns::Rcode::notimp;
}

}  // namespace

// FORMERR without OPT says so. Before RFC 6891 it might also be NOTIMP (RFC 2671 5.3), and some
// send the OPT back that they do not understand.
bool Resolver::State::refuses_edns(const Exchange& exchange, const dns::Message& message) const {
  if (!exchange.has_edns || !message.flags.qr) return false;
  if (profile().upstream.errors_are_for_edns) return is_syntax_error(message.rcode);
  return message.rcode == dns::Rcode::formerr && !message.edns;
}

// If it bears the same query without, that was the reason.
void Resolver::State::note_edns(const Exchange& exchange, const dns::Message& message) {
  if (exchange.has_edns || !message.flags.qr || is_syntax_error(message.rcode)) return;
  servers_.value_at(exchange.server).without_edns_until = now_ + without_edns_for;
}

}  // namespace zonefall::resolver
