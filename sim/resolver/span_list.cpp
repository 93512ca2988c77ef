#include "resolver/span_list.h"

#include <algorithm>

namespace zonefall::resolver {

namespace {

using dnssec::Nsec3Hash;

bool starts_before(const Span& span, const Nsec3Hash& hash) {
  return span.from < hash;
}

}  // namespace

std::size_t SpanList::block_for(const Nsec3Hash& hash) const {
  const auto after =
      std::upper_bound(blocks_.begin(), blocks_.end(), hash,
                       [](const Nsec3Hash& h, const Block& block) { return h < block.first; });
  return after == blocks_.begin() ? 0 : static_cast<std::size_t>(after - blocks_.begin()) - 1;
}

const Span* SpanList::find(const Nsec3Hash& hash) const {
  if (blocks_.empty()) return nullptr;
  const std::vector<Span>& spans = blocks_[block_for(hash)].spans;
  const auto at = std::lower_bound(spans.begin(), spans.end(), hash, starts_before);
  return at != spans.end() && at->from == hash ? &*at : nullptr;
}

const Span* SpanList::last_before(const Nsec3Hash& hash) const {
  if (blocks_.empty()) return nullptr;
  const std::size_t index = block_for(hash);
  const std::vector<Span>& spans = blocks_[index].spans;
  const auto at = std::lower_bound(spans.begin(), spans.end(), hash, starts_before);
  if (at != spans.begin()) return &*std::prev(at);
  return index == 0 ? nullptr : &blocks_[index - 1].spans.back();
}

void SpanList::split(std::size_t index) {
  std::vector<Span>& full = blocks_[index].spans;
  const auto middle = full.begin() + static_cast<std::ptrdiff_t>(full.size() / 2);
  Block upper{middle->from, {}};
  upper.spans.assign(middle, full.end());
  full.erase(middle, full.end());
  blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(index) + 1, std::move(upper));
}

Span& SpanList::at_or_new(const Nsec3Hash& hash) {
  if (blocks_.empty()) blocks_.push_back({hash, {}});
  std::size_t index = block_for(hash);
  if (blocks_[index].spans.size() == block_spans_max) {
    split(index);
    index = block_for(hash);
  }
  Block& block = blocks_[index];
  auto at = std::lower_bound(block.spans.begin(), block.spans.end(), hash, starts_before);
  if (at == block.spans.end() || at->from != hash) {
    at = block.spans.insert(at, Span());
    at->from = hash;
    block.first = block.spans.front().from;
  }
  return *at;
}

}  // namespace zonefall::resolver
