// Network, servers and zones.
#include "scenario/scenario_fields.h"

namespace zonefall::scenario {
namespace {

constexpr DurationRange latency = {Duration::seconds(0), Duration::seconds(5)};
// TTLs are 31 bits (RFC 2181 8).
constexpr DurationRange ttl = {Duration::seconds(0), Duration::seconds(2'147'483'647)};
constexpr CountRange any_weight = {1, 1'000'000'000, ""};

constexpr std::string_view denial_word(Denial denial) {
  switch (denial) {
    case Denial::unsigned_zone: return "unsigned";
    case Denial::nsec: return "nsec";
    case Denial::nsec3: return "nsec3";
  }
  return "";
}

void describe_soa(Fields& f, SoaSpec& s) {
  f.name(fact("mname", "primary server"), s.mname);
  f.name(fact("rname", "mailbox of the person in charge"), s.rname);
  f.duration(fact("refresh", "RFC 1035 3.3.13"), s.refresh, ttl);
  f.duration(fact("retry", "RFC 1035 3.3.13"), s.retry, ttl);
  f.duration(fact("expire", "RFC 1035 3.3.13"), s.expire, ttl);
  f.duration(fact("minimum", "negative TTL and TTL of the denial chain (RFC 2308, RFC 9077)"),
             s.minimum, ttl);
  f.duration(fact("ttl", "TTL of the SOA itself"), s.ttl, ttl);
}

void describe_population(Fields& f, PopulationSpec& p) {
  f.count(required_fact("size", "names delegated"), p.size, {1, 1'000'000'000, "names"});
  f.share_ppm(required_fact("signed", "share of names with a DS"), p.signed_ppm);
  f.text(choice("label_prefix", "members are called <prefix><number>"), p.label_prefix);
  f.list(required_choice("hosting", "providers whose servers answer for members"), p.hosting,
         [&](HostingSpec& h) {
           f.text(required_choice("name", "of the provider"), h.name);
           f.names(required_fact("servers", "NS names"), h.servers);
           f.count(fact("weight", "its part of the members"), h.weight, any_weight);
         });
  f.list(required_choice("address_ttls", "TTLs of members' addresses; shares make 100 %"),
         p.address_ttls, [&](TtlShare& t) {
           f.duration(required_fact("ttl", "of A and AAAA"), t.ttl, ttl);
           f.share_ppm(required_fact("share", "of the members"), t.share_ppm);
         });
  f.optional_block(choice("moves", "members that change their addresses"), p.moves,
                   [&](MovesSpec& m) {
                     f.share_ppm(required_fact("share", "of the members move, once"), m.share_ppm);
                     f.time(required_fact("from", "the first of them"), m.from);
                     f.time(required_fact("until", "the last of them"), m.until);
                   });
}

}  // namespace

void describe_network(Fields& f, NetworkSettings& n) {
  f.duration(fact("rtt_min", "shortest round trip between a resolver and a server"), n.rtt_min,
             latency);
  f.duration(fact("rtt_max", "longest one"), n.rtt_max, latency);
  f.share_ppm(fact("loss", "share of exchanges lost"), n.loss_ppm);
}

void describe_server(Fields& f, ServerSpec& s) {
  f.name(required_choice("name", "of the server"), s.name);
  f.addresses(required_fact("addresses", "IPv4 and IPv6"), s.addresses);
  f.list(required_choice("sites", "places that answer; one, or several by anycast"), s.sites,
         [&](SiteSpec& site) {
           f.text(required_choice("name", "of the site"), site.name);
           f.share_ppm(fact("reached_by", "share of resolvers; 0 % at all sites: equal shares"),
                       site.resolvers_ppm);
         });
  f.count(fact("udp_payload", "UDP size advertised (RFC 6891)"), s.udp_payload_octets,
          {512, 65'535, "octets"});
  f.list(choice("silences", "spans without answers"), s.silences, [&](Silence& silence) {
    f.time(required_fact("from", "first instant"), silence.from);
    f.time(required_fact("until", "first instant with answers again"), silence.until);
    f.text(choice("site", "one site only"), silence.site);
  });
}

void describe_zone(Fields& f, ZoneSpec& z) {
  f.name(required_choice("apex", "of the zone"), z.apex);
  f.names(required_fact("servers", "names of servers"), z.servers);
  f.block(choice("denial", "how non-existence is proved"), [&] {
    f.word<denial_word>(fact("kind", "NSEC (RFC 4034), NSEC3 (RFC 5155), or an unsigned zone"),
                        z.denial.kind);
    f.count(fact("iterations", "extra NSEC3 iterations"), z.denial.iterations,
            {0, 2'500, "iterations"});
    f.text(fact("salt", "NSEC3 salt in hexadecimal"), z.denial.salt_hex);
    f.flag(fact("opt_out", "unsigned delegations are left out of the chain"), z.denial.opt_out);
  });
  f.block(choice("soa", "SOA record"), [&] { describe_soa(f, z.soa); });
  f.block(choice("ttls", "TTLs"), [&] {
    f.duration(fact("ns", "of NS"), z.ttls.ns, ttl);
    f.duration(fact("ds", "of DS of children"), z.ttls.ds, ttl);
    f.duration(fact("glue", "of addresses at cuts"), z.ttls.glue, ttl);
    f.duration(fact("dnskey", "of DNSKEY"), z.ttls.dnskey, ttl);
  });
  f.texts(choice("records", "further records in master-file form"), z.records);
  f.optional_block(choice("population", "delegations computed from their number"), z.population,
                   [&](PopulationSpec& p) { describe_population(f, p); });
}

}  // namespace zonefall::scenario
