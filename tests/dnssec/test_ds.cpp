// Goal: DS records are the ones the RFCs print, and a DS matches its own key only.
#include <catch2/catch.hpp>

#include "key_testing.h"

namespace zonefall::dnssec {

using namespace testing;  // NOLINT: test helpers
using dns::Name;

namespace {

// RFC 4034 5.4, also used by RFC 4509 2.3.
dns::DnskeyRdata rfc4034_key() {
  return dnskey_of(256, 5,
                   "AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZ"
                   "DRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9Xzc"
                   "nOf+EPbtG9DMBmADjFDc2w/rljwvFw==");
}

struct KnownDs {
  const char* owner;
  dns::DnskeyRdata key;
  std::uint16_t tag;
  DigestType type;
  const char* digest;
};

std::vector<KnownDs> known_answers() {
  return {
      {"dskey.example.com.", rfc4034_key(), 60485, DigestType::sha1,
       "2BB183AF5F22588179A53B0A98631FAD1A292118"},
      {"dskey.example.com.", rfc4034_key(), 60485, DigestType::sha256,
       "D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A"},
      // RFC 6605 6.1 and 6.2
      {"example.net.",
       dnskey_of(257, 13,
                 "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+"
                 "Wi9xMWyQLc8NAA=="),
       55648, DigestType::sha256,
       "b4c8c1fe2e7477127b27115656ad6256f424625bf5c1e2770ce6d6e37df61d17"},
      {"example.net.",
       dnskey_of(257, 14,
                 "xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X"
                 "1DRSEkrbYQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40"),
       10771, DigestType::sha384,
       "72d7b62976ce06438e9c0bf319013cf801f09ecc84b8d7e9495f27e305c6a9b0"
       "563a9b5f4d288405c3008a946df983d6"},
      // RFC 8080 6.1 and 6.2
      {"example.com.", dnskey_of(257, 15, "l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4="), 3613,
       DigestType::sha256, "3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b"},
      {"example.com.",
       dnskey_of(257, 16,
                 "3kgROaDjrh0H2iuixWBrc8g2EpBBLCdGzHmn+G2MpTPhpj/OiBVHHSfPodx1FYYUcJKm1MDp"
                 "JtIA"),
       9713, DigestType::sha256,
       "6ccf18d5bc5d7fc2fceb1d59d17321402f2aa8d368048db93dd811f5cb2b19c7"},
      // The root's KSK of 2017, as IANA publishes it
      {".",
       dnskey_of(257, 8,
                 "AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixH"
                 "lFlExOLAJr5emLvN7SWXgnLh4+B5xQlNVz8Og8kvArMtNROxVQuCaSnIDdD5LKyWbRd2n9WG"
                 "e2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eN"
                 "buv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLYA4/ilBmSVIzuDWfdRUfhHdY6"
                 "+cn8HFRm+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU="),
       20326, DigestType::sha256,
       "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"},
  };
}

}  // namespace

TEST_CASE("Key tags and DS records are the published ones") {
  for (const KnownDs& known : known_answers()) {
    const Name owner = Name::literal(known.owner);
    INFO(known.owner << " " << known.tag);
    CHECK(key_tag(known.key) == known.tag);
    const dns::DsRdata ds = make_ds(owner, known.key, known.type);
    CHECK(ds.key_tag == known.tag);
    CHECK(ds.algorithm == known.key.algorithm);
    CHECK(ds.digest_type == static_cast<std::uint8_t>(known.type));
    CHECK(ds.digest == hex(known.digest));
    CHECK(ds_matches(ds, owner, known.key));
  }
}

TEST_CASE("The case of the owner does not change a DS, another owner does") {
  const dns::DnskeyRdata key = rfc4034_key();
  const dns::DsRdata ds = make_ds(Name::literal("dskey.example.com."), key, DigestType::sha256);
  CHECK(make_ds(Name::literal("DSKey.EXAMPLE.com."), key, DigestType::sha256) == ds);
  CHECK(ds_matches(ds, Name::literal("DSKEY.example.COM."), key));
  CHECK_FALSE(ds_matches(ds, Name::literal("dskey.example.net."), key));
}

TEST_CASE("A DS matches only if every field does") {
  const Name owner = Name::literal("dskey.example.com.");
  const dns::DnskeyRdata key = rfc4034_key();
  const dns::DsRdata right = make_ds(owner, key, DigestType::sha256);

  dns::DsRdata changed = right;
  changed.key_tag = static_cast<std::uint16_t>(changed.key_tag + 1);
  CHECK_FALSE(ds_matches(changed, owner, key));
  changed = right;
  changed.algorithm = 8;
  CHECK_FALSE(ds_matches(changed, owner, key));
  changed = right;
  changed.digest.back() ^= 1;
  CHECK_FALSE(ds_matches(changed, owner, key));
  changed = right;
  changed.digest.pop_back();
  CHECK_FALSE(ds_matches(changed, owner, key));
  changed = right;
  changed.digest_type = 3;  // GOST, unsupported
  CHECK_FALSE(ds_matches(changed, owner, key));

  dns::DnskeyRdata revoked = key;  // RFC 5011 2.1: the revoke bit changes the tag
  revoked.flags |= dns::DnskeyRdata::flag_revoke;
  CHECK(key_tag(revoked) != key_tag(key));
  CHECK_FALSE(ds_matches(right, owner, revoked));
}

}  // namespace zonefall::dnssec
