// Any octets as RDATA of any type (the first two octets): decoders answer, what they accept encodes
// to the same octets, text reads back to them, and canonical form is a fixed point.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "zonefall/core/assert.h"
#include "zonefall/dns/master_file.h"
#include "zonefall/dns/rdata.h"
#include "zonefall/dns/rrset.h"

namespace dns = zonefall::dns;

namespace {

template <typename Rdata>
void check_encoding(const zonefall::Result<Rdata>& decoded, const dns::Octets& rdata) {
  if (decoded) ZF_ASSERT(dns::encode(decoded.value()) == rdata);
}

void check_decoders(const dns::Octets& rdata) {
  check_encoding(dns::decode_soa(rdata), rdata);
  check_encoding(dns::decode_dnskey(rdata), rdata);
  check_encoding(dns::decode_ds(rdata), rdata);
  check_encoding(dns::decode_nsec(rdata), rdata);
  check_encoding(dns::decode_nsec3(rdata), rdata);
  check_encoding(dns::decode_nsec3param(rdata), rdata);
  if (const auto rrsig = dns::decode_rrsig(rdata)) {
    ZF_ASSERT(dns::encode(rrsig.value().fields, rrsig.value().signature) == rdata);
  }
  if (const auto name = dns::decode_name(rdata)) {
    ZF_ASSERT(dns::encode_name(name.value()) == rdata);
  }
}

void check_text(dns::RRType type, const dns::Octets& rdata) {
  if (type == dns::RRType::rrsig) return;  // is no RRset; fuzz_master_file sees its text
  dns::RRset::Header header{dns::Name::literal("example."), type, dns::RRClass::in, 60};
  const dns::SignedRRset entry{dns::RRset::make(header, {rdata}), {}};
  const dns::MasterFileOptions options{"fuzz", dns::Name(), std::nullopt};
  const auto again = dns::parse_master_file(dns::to_master_text(entry), options);
  if (!again) {  // types that no zone has
    ZF_ASSERT(again.error().message.ends_with("is not a type of zone data"));
    return;
  }
  ZF_ASSERT(again.value().at(0).rrset->rdatas() == entry.rrset->rdatas());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const dns::RRType type{static_cast<std::uint16_t>((data[0] << 8) | data[1])};
  const dns::Octets rdata(data + 2, data + size);
  check_decoders(rdata);
  check_text(type, rdata);
  const dns::Octets canonical = dns::canonical_rdata(type, rdata);
  ZF_ASSERT(canonical.size() == rdata.size());
  ZF_ASSERT(dns::canonical_rdata(type, canonical) == canonical);
  return 0;
}
