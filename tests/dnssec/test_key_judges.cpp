// Goal: BIND and ldns agree with our tags, DS records, private keys and signatures.
#include <algorithm>
#include <cctype>
#include <sstream>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "judges.h"
#include "key_testing.h"
#include "zonefall/core/time.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::dnssec {

using namespace testing;  // NOLINT: test helpers
using dns::Name;

namespace {

using judges::TemporaryFolder;

/// The name under which BIND's tools expect the files of a key.
std::string key_file_name(const KeyPair& pair) {
  return fmt::format("Kexample.+{:03}+{:05}", pair.dnskey().algorithm, pair.tag());
}

std::string dnskey_line(const KeyPair& pair) {
  const dns::DnskeyRdata& dnskey = pair.dnskey();
  return fmt::format("example. 3600 IN DNSKEY {} {} {} {}\n", dnskey.flags, dnskey.protocol,
                     dnskey.algorithm, to_base64(dnskey.public_key));
}

void write_key_files(const TemporaryFolder& folder, const KeyPair& pair) {
  folder.write(key_file_name(pair) + ".key", dnskey_line(pair));
  folder.write(key_file_name(pair) + ".private", pair.private_text());
}

/// The four fields after "DS", the digest in lower case and in one piece.
std::string ds_fields(const std::string& output) {
  std::istringstream words(output.substr(std::min(output.rfind("DS"), output.size())));
  std::string word;
  std::string tag;
  std::string algorithm;
  std::string type;
  std::string digest;
  words >> word >> tag >> algorithm >> type;
  while (words >> word && word != "example.") digest += word;
  for (char& c : digest) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return tag + " " + algorithm + " " + type + " " + digest;
}

std::vector<KeySpec> judged_specs() {
  std::vector<KeySpec> specs = signing_specs();
  specs.push_back({.algorithm = Algorithm::rsasha256, .bits = 1024, .requested_tag = 33834});
  specs.push_back(
      {.algorithm = Algorithm::rsasha256, .bits = 2048, .flags = 257, .requested_tag = 26755});
  return specs;
}

constexpr SignatureWindow window = {1777593600, 1780272000};  // 2026-05-01 to 2026-06-01

/// A zone of three names, signed by us: text that ldns can check.
std::string signed_zone(const KeyPairPtr& ksk, const KeyPairPtr& zsk) {
  const Name apex = Name::literal("example.");
  const Name host = Name::literal("Ns.example.");
  const Name wildcard = Name::literal("*.example.");
  const auto octets = [](std::string_view presentation, dns::RRType type) {
    std::vector<std::string> tokens;
    std::istringstream words{std::string(presentation)};
    for (std::string word; words >> word;) tokens.push_back(word);
    return dns::rdata_from_tokens(type, tokens, Name()).value();
  };
  struct Entry {
    Name owner;
    dns::RRType type;
    std::vector<dns::Octets> rdatas;
  };
  using T = dns::RRType;
  const std::vector<Entry> entries = {
      {apex, T::soa, {octets("Ns.Example. Host.Example. 1 7200 3600 1209600 300", T::soa)}},
      {apex, T::ns, {octets("Ns.Example.", T::ns)}},
      {apex, T::dnskey, {dns::encode(ksk->dnskey()), dns::encode(zsk->dnskey())}},
      {apex, T::nsec, {octets("*.example. NS SOA RRSIG NSEC DNSKEY", T::nsec)}},
      {wildcard, T::mx, {mx_rdata(20, "B.example."), mx_rdata(10, "A.Example.")}},
      {wildcard, T::nsec, {octets("Ns.example. MX RRSIG NSEC", T::nsec)}},
      {host, T::a, {dns::encode_a({192, 0, 2, 1}), dns::encode_a({192, 0, 2, 0})}},
      {host, T::nsec, {octets("example. A RRSIG NSEC", T::nsec)}}};
  std::string text;
  for (const Entry& entry : entries) {
    const auto rrset =
        dns::RRset::make({entry.owner, entry.type, dns::RRClass::in, 3600}, entry.rdatas);
    const std::string head = entry.owner.to_text() + " 3600 IN ";
    for (const dns::RdataList::Rdata rdata : rrset->rdatas()) {
      text += head + to_text(entry.type) + " " + dns::rdata_to_text(entry.type, rdata) + "\n";
    }
    const dns::RrsigPtr rrsig = sign(rrset, entry.type == T::dnskey ? ksk : zsk, apex, window);
    const dns::Octets rdata = dns::encode(rrsig->fields(), rrsig->signature());
    text += head + "RRSIG " + dns::rdata_to_text(T::rrsig, rdata) + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("BIND and ldns make our DS records from our keys") {
  const TemporaryFolder folder;
  for (const KeySpec& spec : judged_specs()) {
    const KeyPairPtr pair = must_make(spec, "judged");
    write_key_files(folder, *pair);
    const std::string file = key_file_name(*pair) + ".key";
    for (const auto& [type, bind_name, ldns_flag] :
         {std::tuple{DigestType::sha1, "SHA-1", "-1"},
          std::tuple{DigestType::sha256, "SHA-256", "-2"},
          std::tuple{DigestType::sha384, "SHA-384", "-4"}}) {
      const dns::DsRdata ds = make_ds(Name::literal("example."), pair->dnskey(), type);
      const std::string ours =
          fmt::format("{} {} {} {}", ds.key_tag, ds.algorithm, ds.digest_type, to_hex(ds.digest));
      const auto bind =
          folder.run(fmt::format("/usr/bin/dnssec-dsfromkey -a {} {}", bind_name, file));
      INFO(bind.output);
      CHECK(bind.good);
      CHECK(ds_fields(bind.output) == ours);
      const auto ldns =
          folder.run(fmt::format("/usr/bin/ldns-key2ds -n -f {} {}", ldns_flag, file));
      INFO(ldns.output);
      CHECK(ldns.good);
      CHECK(ds_fields(ldns.output) == ours);
    }
  }
}

TEST_CASE("BIND signs a zone with our private keys and verifies it") {
  for (const KeySpec& spec : signing_specs()) {
    INFO(to_text(spec.algorithm));
    const TemporaryFolder folder;
    KeySpec ksk_spec = spec;
    ksk_spec.flags = 257;
    const KeyPairPtr ksk = must_make(ksk_spec, "ksk");
    const KeyPairPtr zsk = must_make(spec, "zsk");
    write_key_files(folder, *ksk);
    write_key_files(folder, *zsk);
    folder.write("zone",
                 "example. 3600 IN SOA ns.example. host.example. 1 7200 3600 1209600 300\n"
                 "example. 3600 IN NS ns.example.\nns.example. 3600 IN A 192.0.2.1\n" +
                     dnskey_line(*ksk) + dnskey_line(*zsk));
    const auto signing =
        folder.run(fmt::format("/usr/bin/dnssec-signzone -o example. -f signed -k {} zone {}",
                               key_file_name(*ksk), key_file_name(*zsk)));
    INFO(signing.output);
    CHECK(signing.good);
    const auto verifying = folder.run("/usr/bin/dnssec-verify -o example. signed");
    INFO(verifying.output);
    CHECK(verifying.good);
  }
}

TEST_CASE("ldns verifies a zone that we signed, and rejects it when one octet is wrong") {
  for (const KeySpec& spec : signing_specs()) {
    INFO(to_text(spec.algorithm));
    const TemporaryFolder folder;
    KeySpec ksk_spec = spec;
    ksk_spec.flags = 257;
    std::string zone = signed_zone(must_make(ksk_spec, "ksk"), must_make(spec, "zsk"));
    folder.write("zone", zone);
    const std::string command = "/usr/bin/ldns-verify-zone -t 20260505193000 zone";
    const auto verified = folder.run(command);
    INFO(verified.output);
    CHECK(verified.good);
    const std::size_t at = zone.find("192.0.2.0");
    REQUIRE(at != std::string::npos);
    zone.replace(at, 9, "192.0.2.9");
    folder.write("zone", zone);
    CHECK_FALSE(folder.run(command).good);
  }
}

}  // namespace zonefall::dnssec
