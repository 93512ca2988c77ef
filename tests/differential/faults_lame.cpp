// Servers that do not serve their zone (RFC 1912 2.8, RFC 8499 "lame delegation"), and those that
// cannot bear EDNS (RFC 6891 6.2.1, RFC 8906) or send truncated messages (RFC 2181 9, RFC 7766).
#include <array>

#include "server_world.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::differential {
namespace {

using dns::Message;
using dns::Rcode;
using dns::RRType;
using Detail = std::optional<std::string>;

// Header and question with an error.
void fail(Message& message, Rcode rcode) {
  clear_sections(message);
  message.flags.aa = false;
  message.rcode = rcode;
}

// NXDOMAIN and YXDOMAIN somebody believes.
template <Rcode rcode>
Detail believed_with(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    fail(message, rcode);
    return true;
  });
}

template <Rcode rcode>
Detail lame_with(ServerWorld& world, Rng& rng) {
  return misbehave_some(world, rng, [](Message& message, const AskedOfServer&) {
    fail(message, rcode);
    return true;
  });
}

Detail lame_no_aa(ServerWorld& world, Rng& rng) {
  return misbehave_some(world, rng, [](Message& message, const AskedOfServer&) {
    message.flags.aa = false;
    return true;
  });
}

void refer(Message& message, const dns::Name& zone, const dns::Name& server) {
  fail(message, Rcode::noerror);
  message.authority.push_back(record(zone, RRType::ns, dns::encode_name(server)));
}

Detail lame_upward(ServerWorld& world, Rng& rng) {
  return misbehave_some(world, rng, [](Message& message, const AskedOfServer&) {
    refer(message, dns::Name(), dns::Name::literal("ns1."));
    message.additional.push_back(
        record(dns::Name::literal("ns1."), RRType::a, dns::encode_a({127, 0, 1, 1})));
    return true;
  });
}

Detail lame_to_parent(ServerWorld& world, Rng& rng) {
  const ZoneMaking& above = world.zones[world.zones[world.victim].parent.value_or(0)].making;
  return misbehave(world, rng,
                   [apex = above.apex, server = above.server_names.front()](Message& message,
                                                                            const AskedOfServer&) {
                     refer(message, apex, server);
                     return true;
                   });
}

Detail lame_to_itself(ServerWorld& world, Rng& rng) {
  const ZoneMaking& zone = world.zone();
  return misbehave(world, rng,
                   [apex = zone.apex, server = zone.server_names.front()](Message& message,
                                                                          const AskedOfServer&) {
                     refer(message, apex, server);
                     return true;
                   });
}

Detail lame_empty(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    fail(message, Rcode::noerror);
    return true;
  });
}

Detail lame_empty_aa(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    fail(message, Rcode::noerror);
    message.flags.aa = true;
    return true;
  });
}

// What a resolver would say from its cache.
Detail lame_cache(ServerWorld& world, Rng& rng) {
  return misbehave_some(world, rng, [](Message& message, const AskedOfServer&) {
    message.flags.aa = false;
    message.flags.ra = true;
    return true;
  });
}

Detail lame_silent(ServerWorld& world, Rng& rng) {
  return misbehave_one(world, rng, [](Message&, const AskedOfServer&) { return false; });
}

template <Rcode rcode>
Detail edns_error(ServerWorld& world, Rng& rng) {
  return misbehave_some(world, rng, [](Message& message, const AskedOfServer& asked) {
    if (!asked.has_edns) return true;
    fail(message, rcode);
    message.edns.reset();
    return true;
  });
}

Detail edns_formerr_with_opt(ServerWorld& world, Rng& rng) {
  return misbehave_some(world, rng, [](Message& message, const AskedOfServer& asked) {
    if (asked.has_edns) fail(message, Rcode::formerr);
    return true;
  });
}

Detail edns_formerr_without_question(ServerWorld& world, Rng& rng) {
  return misbehave_some(world, rng, [](Message& message, const AskedOfServer& asked) {
    if (!asked.has_edns) return true;
    fail(message, Rcode::formerr);
    message.edns.reset();
    message.question.reset();
    return true;
  });
}

Detail edns_badvers(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer& asked) {
    if (asked.has_edns) fail(message, Rcode::badvers);
    return true;
  });
}

Detail edns_ignored(ServerWorld& world, Rng& rng) {
  return misbehave_some(world, rng, [](Message& message, const AskedOfServer&) {
    message.edns.reset();
    return true;
  });
}

Detail edns_version(ServerWorld& world, Rng& rng) {
  return misbehave_some(world, rng, [](Message& message, const AskedOfServer&) {
    if (message.edns) message.edns->version = 1;
    return true;
  });
}

Detail edns_unknown_option(ServerWorld& world, Rng& rng) {
  return misbehave_some(world, rng, [](Message& message, const AskedOfServer&) {
    if (message.edns) message.edns->other_options.push_back({65001, {1, 2, 3}});
    return true;
  });
}

Detail tc_all(ServerWorld& world, Rng& rng) {
  return misbehave_some(world, rng, [](Message& message, const AskedOfServer& asked) {
    if (asked.is_tcp) return true;
    clear_sections(message);
    message.flags.tc = true;
    return true;
  });
}

Detail tc_without_tcp(ServerWorld& world, Rng& rng) {
  return misbehave_one(world, rng, [](Message& message, const AskedOfServer& asked) {
    clear_sections(message);
    message.flags.tc = true;
    return !asked.is_tcp;
  });
}

Detail tc_with_data(ServerWorld& world, Rng& rng) {
  return misbehave_some(world, rng, [](Message& message, const AskedOfServer& asked) {
    if (!asked.is_tcp) message.flags.tc = true;
    return true;
  });
}

Detail tc_over_tcp(ServerWorld& world, Rng& rng) {
  return misbehave_some(world, rng, [](Message& message, const AskedOfServer&) {
    message.flags.tc = true;
    return true;
  });
}

constexpr std::array faults = {
    ServerFault{"lame-refused", "REFUSED", usual, lame_with<Rcode::refused>},
    ServerFault{"lame-servfail", "SERVFAIL", usual, lame_with<Rcode::servfail>},
    ServerFault{"lame-notimp", "NOTIMP", usual, lame_with<Rcode::notimp>},
    ServerFault{"lame-notauth", "NOTAUTH", usual, lame_with<Rcode::notauth>},
    ServerFault{"lame-yxdomain", "YXDOMAIN", usual, believed_with<Rcode::yxdomain>},
    ServerFault{"lame-formerr", "FORMERR, with OPT and without", usual, lame_with<Rcode::formerr>},
    ServerFault{"lame-nxdomain", "NXDOMAIN for all, without SOA", usual,
                believed_with<Rcode::nxdomain>},
    ServerFault{"lame-no-aa", "answers without AA", usual, lame_no_aa},
    ServerFault{"lame-upward", "refers to the root", usual, lame_upward},
    ServerFault{"lame-to-parent", "refers to the zone above", usual, lame_to_parent},
    ServerFault{"lame-to-itself", "refers to its own zone", usual, lame_to_itself},
    ServerFault{"lame-empty", "nothing, without AA", usual, lame_empty},
    ServerFault{"lame-empty-aa", "nothing, with AA", usual, lame_empty_aa},
    ServerFault{"lame-cache", "RA instead of AA", usual, lame_cache},
    ServerFault{"lame-silent", "one server is silent", contested, lame_silent},
    ServerFault{"edns-formerr", "FORMERR to EDNS, without OPT", usual, edns_error<Rcode::formerr>},
    ServerFault{"edns-notimp", "NOTIMP to EDNS, without OPT", usual, edns_error<Rcode::notimp>},
    ServerFault{"edns-servfail", "SERVFAIL to EDNS", usual, edns_error<Rcode::servfail>},
    ServerFault{"edns-refused", "REFUSED to EDNS", usual, edns_error<Rcode::refused>},
    ServerFault{"edns-formerr-opt", "FORMERR to EDNS, with OPT", usual, edns_formerr_with_opt},
    ServerFault{"edns-formerr-bare", "FORMERR to EDNS, without question", usual,
                edns_formerr_without_question},
    ServerFault{"edns-badvers", "BADVERS to EDNS version 0", usual, edns_badvers},
    ServerFault{"edns-ignored", "no OPT in responses", usual, edns_ignored},
    ServerFault{"edns-version", "OPT of version 1 in responses", usual, edns_version},
    ServerFault{"edns-unknown-option", "an unknown option in responses", usual,
                edns_unknown_option},
    ServerFault{"tc-all", "all UDP is truncated", usual, tc_all},
    ServerFault{"tc-without-tcp", "all UDP is truncated, and there is no TCP", usual,
                tc_without_tcp},
    ServerFault{"tc-with-data", "TC though nothing is missing", usual, tc_with_data},
    ServerFault{"tc-over-tcp", "TC, over TCP too", usual, tc_over_tcp},
};

}  // namespace

std::span<const ServerFault> lame_faults() {
  return faults;
}

}  // namespace zonefall::differential
