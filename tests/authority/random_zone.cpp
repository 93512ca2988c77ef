#include "random_zone.h"

#include <array>
#include <string>

#include <fmt/format.h>

#include "zone_testing.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::authority::testing {

namespace {

constexpr std::array<const char*, 5> labels = {"a", "b", "c", "*", "z9"};

std::string random_owner(Rng& rng) {
  std::string owner = "t.";
  for (std::uint64_t i = 0, count = rng.below(4); i < count; ++i) {
    owner.insert(0, fmt::format("{}.", labels[rng.below(labels.size())]));
  }
  return owner;
}

std::string random_records(Rng& rng) {
  const std::string owner = random_owner(rng);
  const std::string target = random_owner(rng);
  switch (rng.below(10)) {
    case 0: return owner + " 300 IN TXT \"text\"\n";
    case 1: return owner + " 300 IN CNAME " + target + "\n";
    case 2: return owner + " 300 IN MX 10 " + target + "\n";
    case 3: return owner + " 300 IN DNAME " + target + "\n";
    case 4: return owner + " 300 IN AAAA 2001:db8::1\n";
    case 5:
    case 6: return owner + " 300 IN NS " + target + "\n" + owner + " 300 IN NS ns." + owner + "\n";
    case 7:
      return owner + " 300 IN NS ns." + owner + "\n" + "ns." + owner + " 300 IN A 192.0.2.2\n" +
             owner + " 300 IN DS 1 13 2 " + std::string(64, 'a') + "\n";
    default: return owner + " 300 IN A 192.0.2.1\n";
  }
}

}  // namespace

ListedZone random_zone(Rng& rng, const DenialSettings& denial) {
  std::string text = "t. 300 IN NS ns.other.\n";
  ListedZone zone = zone_of(text, "t.");
  zone.denial = denial;
  for (int i = 0; i < 16; ++i) {
    ListedZone larger = zone;
    for (dns::RRsetPtr& rrset : rrsets_of(random_records(rng), "t.")) {
      larger.rrsets.push_back(std::move(rrset));
    }
    if (make_listed_content(larger).ok()) zone = std::move(larger);
  }
  return zone;
}

std::vector<dns::Question> all_questions() {
  std::vector<std::string> names = {"t."};
  std::size_t first = 0;
  for (int depth = 0; depth < 3; ++depth) {
    const std::size_t last = names.size();
    for (; first < last; ++first) {
      for (const char* label : labels) names.push_back(std::string(label) + "." + names[first]);
    }
  }
  names.push_back("a.b.c.a.b.c.t.");
  names.push_back("q.a.b.t.");
  names.push_back("Q.A.B.T.");
  names.push_back("ns.a.t.");
  const std::string label(63, 'x');
  names.push_back(fmt::format("{0}.{0}.{0}.{1}.t.", label, std::string(59, 'x')));  // 255 octets
  names.push_back("ns.*.t.");
  std::vector<dns::Question> questions;
  for (const std::string& name : names) {
    for (const char* type : {"A", "TXT", "DS", "NS", "CNAME", "ANY", "NSEC", "DNAME"}) {
      questions.push_back(question_of(name, type));
    }
  }
  return questions;
}

}  // namespace zonefall::authority::testing
