// Goal: names with IPv4 addresses only have IPv6 addresses of the prefix (RFC 6147, RFC 6052).
#include "rpl/dns64.h"
#include "script_text.h"

namespace zonefall::rpl {
namespace {

std::string served(const std::string& line, const std::string& records, const std::string& rcode) {
  return entry("MATCH opcode qname qtype\nADJUST copy_id\nREPLY QR AA " + rcode +
               "\nSECTION QUESTION\n" + line + "\nSECTION ANSWER\n" + records);
}

const std::string servers = range(
    "0 99", "192.0.2.1",
    served("four. AAAA", "", "NOERROR") + served("four. A", "four. 60 A 192.0.2.33\n", "NOERROR") +
        served("both. AAAA", "both. AAAA 2001:db8::9\n", "NOERROR") +
        served("both. A", "both. A 192.0.2.34\n", "NOERROR") +
        served("alias. AAAA", "alias. CNAME four.\n", "NOERROR") +
        served("alias. A", "alias. CNAME four.\n", "NOERROR") +
        served("none. AAAA", "", "NXDOMAIN") + served("none. A", "", "NXDOMAIN") +
        served("33.2.0.192.in-addr.arpa. PTR", "33.2.0.192.in-addr.arpa. PTR four.\n", "NOERROR"));

std::string judged(const std::string& options, const std::string& line, const std::string& rcode,
                   const std::string& records, const std::string& flags = "RD") {
  const std::string question = "SECTION QUESTION\n" + line + "\n";
  return faults(
      forwarding("module-config: \"dns64 iterator\"\nlocal-zone: 2.0.192.in-addr.arpa "
                 "nodefault\n" +
                     options,
                 servers + "STEP 1 QUERY\n" + entry("REPLY " + flags + "\n" + question) +
                     "STEP 2 CHECK_ANSWER\n" +
                     entry("MATCH all\nREPLY QR RA " + flags + " " + rcode + "\n" + question +
                           "SECTION ANSWER\n" + records)));
}

}  // namespace

TEST_CASE("an IPv4 address stands in the prefix as RFC 6052 2.4 has it") {
  const dns::Address ipv4 = dns::Address::parse("192.0.2.33").value();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"2001:db8::/32", "2001:db8:c000:221::"},
      {"2001:db8:100::/40", "2001:db8:1c0:2:21::"},
      {"2001:db8:122::/48", "2001:db8:122:c000:2:2100::"},
      {"2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::"},
      {"2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100:0"},
      {"2001:db8:122:344::/96", "2001:db8:122:344::c000:221"},
      {"64:ff9b::/96", "64:ff9b::c000:221"},
  };
  for (const auto& [prefix, address] : cases) {
    const auto block = dns::AddressBlock::parse(prefix).value();
    CHECK(is_dns64_prefix(block));
    CHECK(embedded(block, ipv4).to_text() == address);
  }
  CHECK_FALSE(is_dns64_prefix(dns::AddressBlock::parse("2001:db8::/33").value()));
}

TEST_CASE("AAAA records are made of A records where there are none") {
  CHECK(judged("", "four. AAAA", "NOERROR", "four. AAAA 64:ff9b::c000:221\n") == "");
  CHECK(judged("dns64-prefix: 2001:db8::/32\n", "four. AAAA", "NOERROR",
               "four. AAAA 2001:db8:c000:221::\n") == "");
  CHECK(judged("", "alias. AAAA", "NOERROR",
               "alias. CNAME four.\nfour. AAAA 64:ff9b::c000:221\n") == "");
  CHECK(judged("", "four. A", "NOERROR", "four. A 192.0.2.33\n") == "");
  CHECK(judged("", "none. AAAA", "NXDOMAIN", "") == "");
  CHECK(judged("", "four. AAAA", "NOERROR", "", "RD CD") == "");
}

TEST_CASE("names with IPv6 addresses keep them, unless the operator wants otherwise") {
  const std::string made = "both. AAAA 64:ff9b::c000:222\n";
  CHECK(judged("", "both. AAAA", "NOERROR", "both. AAAA 2001:db8::9\n") == "");
  CHECK(judged("dns64-synthall: yes\n", "both. AAAA", "NOERROR", made) == "");
  CHECK(judged("dns64-ignore-aaaa: both\n", "both. AAAA", "NOERROR", made) == "");
  CHECK(judged("dns64-ignore-aaaa: other\n", "both. AAAA", "NOERROR", "both. AAAA 2001:db8::9\n") ==
        "");
}

TEST_CASE("made addresses have the names of those they are made of (RFC 6147 5.3.1)") {
  const std::string name =
      "1.2.2.0.0.0.0.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.b.9.f.f.4.6.0.0.ip6.arpa.";
  CHECK(judged("", name + " PTR", "NOERROR", name + " PTR four.\n") == "");
  CHECK_FALSE(ipv4_pointer({}, dns::Name::literal("1.0.0.ip6.arpa.")));
}

TEST_CASE("servers with IPv4 addresses may be asked at IPv6 ones (RFC 6146)") {
  const auto asked = [](const std::string& options, const std::string& server) {
    return faults(forwarding(options, range("0 9", server, reply("a.", "192.0.2.80")) +
                                          query("1", "a.") + check("2", "rcode", "NOERROR", "")));
  };
  CHECK(asked("do-nat64: yes do-ip4: no\n", "64:ff9b::c000:201") == "");
  CHECK(asked("do-nat64: yes nat64-prefix: 2001:db8::/96\n", "2001:db8::c000:201") == "");
  CHECK(asked("do-nat64: no\n", "192.0.2.1") == "");
  CHECK(asked("do-ip4: no\n", "192.0.2.1") != "");
}

TEST_CASE("a prefix must be one of RFC 6052") {
  CHECK_THAT(judged("dns64-prefix: 2001:db8::/33\n", "four. A", "NOERROR", ""),
             Catch::Contains("not a prefix of RFC 6052"));
}

}  // namespace zonefall::rpl
