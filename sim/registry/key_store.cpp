#include "zonefall/registry/key_store.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "zonefall/core/assert.h"

namespace zonefall::registry {
namespace {

dnssec::KeySpec spec_of(const KeyRequest& request) {
  std::uint16_t flags = dns::DnskeyRdata::flag_zone_key;
  if (request.role == KeyRole::ksk) flags |= dns::DnskeyRdata::flag_secure_entry_point;
  return {.algorithm = request.algorithm,
          .bits = request.bits,
          .flags = flags,
          .requested_tag = request.requested_tag};
}

using PairsOrError = Result<std::vector<dnssec::KeyPairPtr>>;

PairsOrError make_shared_pair(const KeyRequest& request, std::uint64_t seed, std::size_t hsms) {
  auto pair = dnssec::make_key_pair(spec_of(request), seed, request.label);
  if (!pair) return pair.error();
  return std::vector<dnssec::KeyPairPtr>(hsms, pair.value());
}

/// The HSMs agree on all that the key store looks at: label, algorithm, tag. The first one makes
/// the pair that it would have made for all.
PairsOrError make_pair_per_hsm(const KeyRequest& request, std::uint64_t seed,
                               const std::vector<Hsm>& hsms) {
  dnssec::KeySpec spec = spec_of(request);
  std::vector<dnssec::KeyPairPtr> pairs;
  for (const Hsm& hsm : hsms) {
    const std::string own_label =
        pairs.empty() ? request.label : fmt::format("{}@{}", request.label, hsm.name());
    auto pair = dnssec::make_key_pair(spec, seed, own_label);
    if (!pair) return pair.error();
    spec.requested_tag = pair.value()->tag();
    pairs.push_back(std::move(pair).value());
  }
  return pairs;
}

PairsOrError make_pairs(const KeyRequest& request, KeyGeneration how, std::uint64_t seed,
                        const std::vector<Hsm>& hsms) {
  switch (how) {
    case KeyGeneration::once_for_all_hsms: return make_shared_pair(request, seed, hsms.size());
    case KeyGeneration::once_per_hsm: return make_pair_per_hsm(request, seed, hsms);
  }
  ZF_ASSERT(false);
}

}  // namespace

void Hsm::load(const std::string& label, dnssec::KeyPairPtr pair) {
  ZF_ASSERT(pair != nullptr);
  pairs_[label] = std::move(pair);
}

dnssec::KeyPairPtr Hsm::pair(const std::string& label) const {
  const auto found = pairs_.find(label);
  return found == pairs_.end() ? nullptr : found->second;
}

KeyStore::KeyStore(std::uint64_t seed, std::vector<std::string> hsm_names) : seed_(seed) {
  ZF_ASSERT(!hsm_names.empty());
  for (std::string& name : hsm_names) {
    const auto same_name = [&](const Hsm& hsm) { return hsm.name() == name; };
    ZF_ASSERT(std::none_of(hsms_.begin(), hsms_.end(), same_name));
    hsms_.emplace_back(std::move(name));
  }
}

Result<KeyRecord> KeyStore::generate(const KeyRequest& request, KeyGeneration how) {
  if (find(request.label) != nullptr) {
    return Error{fmt::format("key label '{}' is in use", request.label)};
  }
  auto pairs = make_pairs(request, how, seed_, hsms_);
  if (!pairs) return Error{fmt::format("key '{}': {}", request.label, pairs.error().message)};
  for (std::size_t i = 0; i < hsms_.size(); ++i) {
    hsms_[i].load(request.label, pairs.value()[i]);
  }
  const dnssec::KeyPairPtr& recorded = pairs.value().front();
  records_.push_back({request.label, request.role, recorded->tag(), recorded->dnskey()});
  return records_.back();
}

const KeyRecord* KeyStore::find(const std::string& label) const {
  const auto same_label = [&](const KeyRecord& record) { return record.label == label; };
  const auto found = std::find_if(records_.begin(), records_.end(), same_label);
  return found == records_.end() ? nullptr : &*found;
}

}  // namespace zonefall::registry
