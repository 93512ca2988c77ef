// Root key sentinel (RFC 8509): names with which anybody can find out whether a resolver trusts a
// key of the root.
#include <charconv>
#include <optional>
#include <string_view>

#include "resolver/state.h"

namespace zonefall::resolver {

namespace {

struct Sentinel {
  bool is_ta = false;  // "is that key trusted?", not "is it not?"
  std::uint16_t key_tag = 0;
};

// RFC 8509 2.1: the key tag has five decimal digits.
std::optional<Sentinel> sentinel_in(const dns::Name& name) {
  constexpr std::size_t digits_count = 5;
  if (name.is_root()) return std::nullopt;
  std::string label;
  for (const std::uint8_t octet : name.label(0)) {
    const bool is_upper = octet >= 'A' && octet <= 'Z';
    label.push_back(static_cast<char>(is_upper ? octet - 'A' + 'a' : octet));
  }
  for (const bool is_ta : {true, false}) {
    const std::string_view prefix =
        is_ta ? "root-key-sentinel-is-ta-" : "root-key-sentinel-not-ta-";
    if (!label.starts_with(prefix) || label.size() != prefix.size() + digits_count) continue;
    Sentinel sentinel{is_ta};
    const char* end = label.data() + label.size();
    const auto [last, error] = std::from_chars(label.data() + prefix.size(), end, sentinel.key_tag);
    if (error == std::errc() && last == end) return sentinel;
  }
  return std::nullopt;
}

bool trusts(const dns::RRset& root_anchor, std::uint16_t key_tag) {
  for (const dns::RdataList::Rdata rdata : root_anchor.rdatas()) {
    if (rdata.size() > 1 && (rdata[0] << 8U | rdata[1]) == key_tag) return true;
  }
  return false;
}

}  // namespace

// RFC 8509 2.2; without an anchor for the root there is nothing to ask for.
void Resolver::State::apply_root_key_sentinel(ClientReply& reply, const ClientQuery& query) const {
  const dns::RRType type = query.question.qtype;
  if (!profile().has_root_key_sentinel || !is_address(type)) return;
  if (reply.served != Served::secure || query.checking_disabled) return;
  const auto sentinel = sentinel_in(query.question.qname);
  const dns::RRsetPtr& anchor = anchors_.trust_anchor_for({});
  if (!sentinel || anchor == nullptr) return;
  if (trusts(*anchor, sentinel->key_tag) == sentinel->is_ta) return;
  reply.rcode = dns::Rcode::servfail;
  reply.data = nullptr;
  reply.authentic_data = false;
  reply.served = Served::failed_bogus;
  reply.ede.reset();
  reply.why = sentinel->is_ta ? "that key is not trusted for the root (RFC 8509)"
                              : "that key is trusted for the root (RFC 8509)";
}

}  // namespace zonefall::resolver
