#include "zone_making.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "zonefall/core/assert.h"

namespace zonefall::differential {
namespace {

class LyingSource final : public authority::SignatureSource {
 public:
  LyingSource(authority::SignatureSourcePtr source, SignatureLie lie)
      : source_(std::move(source)), lie_(std::move(lie)) {}

  [[nodiscard]] Signatures signatures(const dns::RRsetPtr& rrset) const override {
    Signatures signatures = source_->signatures(rrset);
    signatures.rrsigs = lie_(rrset, signatures.rrsigs);
    return signatures;
  }

 private:
  authority::SignatureSourcePtr source_;
  SignatureLie lie_;
};

class LyingChain final : public authority::DenialChain {
 public:
  LyingChain(const DenialChain& chain, DenialLie lie) : chain_(chain), lie_(std::move(lie)) {}

  [[nodiscard]] Kind kind() const override { return chain_.kind(); }
  [[nodiscard]] Found find(const dns::Name& name) const override {
    Found found = chain_.find(name);
    found.rrset = lie_(found.rrset);
    return found;
  }
  void for_each(const std::function<void(const dns::RRsetPtr&)>& visit) const override {
    chain_.for_each([&](const dns::RRsetPtr& rrset) {
      if (const dns::RRsetPtr shown = lie_(rrset)) visit(shown);
    });
  }
  [[nodiscard]] std::uint64_t size() const override { return chain_.size(); }

 private:
  const DenialChain& chain_;
  DenialLie lie_;
};

class LyingContent final : public authority::ZoneContent {
 public:
  LyingContent(authority::ZoneContentPtr content, DenialLie lie)
      : content_(std::move(content)), chain_(*content_->denial(), std::move(lie)) {}

  [[nodiscard]] const dns::Name& apex() const override { return content_->apex(); }
  [[nodiscard]] authority::Node node(const dns::Name& owner) const override {
    return content_->node(owner);
  }
  [[nodiscard]] bool has_apex_dname() const override { return content_->has_apex_dname(); }
  [[nodiscard]] const authority::DenialChain* denial() const override { return &chain_; }
  void for_each_node(
      const std::function<void(const dns::Name&, const authority::Node&)>& visit) const override {
    content_->for_each_node(visit);
  }

 private:
  authority::ZoneContentPtr content_;
  LyingChain chain_;
};

dns::RRsetPtr dnskey_rrset(const ZoneMaking& making) {
  std::vector<dns::Octets> rdatas;
  for (const dns::DnskeyRdata& key : making.dnskeys) rdatas.push_back(dns::encode(key));
  return dns::RRset::make({making.apex, dns::RRType::dnskey, dns::RRClass::in, 3600},
                          std::move(rdatas));
}

}  // namespace

ServedZone make_zone(const ZoneMaking& making) {
  authority::ListedZone listed{
      .apex = making.apex, .rrsets = making.rrsets, .denial = making.denial};
  auto made = authority::make_listed_content(std::move(listed));
  if (!made) fmt::print(stderr, "{}: {}\n", making.apex.to_text(), made.error().to_text());
  authority::ZoneContentPtr content = std::move(made).value();
  authority::ZoneVersionParts parts{nullptr, making.soa, nullptr, nullptr, making.now};
  if (making.denial) {
    if (making.denial_lie) content = std::make_shared<LyingContent>(content, making.denial_lie);
    parts.dnskeys = dnskey_rrset(making);
    parts.signatures =
        authority::make_signature_source({making.apex, making.ksks, making.zsks, making.window});
    if (making.signature_lie) {
      parts.signatures = std::make_shared<LyingSource>(parts.signatures, making.signature_lie);
    }
  }
  parts.content = std::move(content);
  return {std::make_shared<const authority::ZoneVersion>(std::move(parts)), making.message_lie,
          making.addresses};
}

std::uint32_t rrsig_time(SimTime time) {
  return static_cast<std::uint32_t>(time.to_unix_s());
}

}  // namespace zonefall::differential
