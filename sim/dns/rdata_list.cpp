#include "zonefall/dns/rdata_list.h"

#include <algorithm>
#include <cstring>

#include "zonefall/core/assert.h"

namespace zonefall::dns {

namespace {

constexpr std::size_t end_octets = sizeof(std::uint32_t);

std::uint32_t load_end(const std::uint8_t* block, std::size_t index) {
  std::uint32_t end = 0;
  std::memcpy(&end, block + index * end_octets, end_octets);
  return end;
}

bool equal(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace

RdataList::RdataList(std::span<const Octets> rdatas) {
  std::size_t octets = 0;
  for (const Octets& rdata : rdatas) octets += rdata.size();
  allocate(rdatas.size(), octets);
  std::size_t end = 0;
  for (std::size_t i = 0; i < rdatas.size(); ++i) end = put(i, end, rdatas[i]);
}

RdataList::RdataList(Rdata rdata) {
  allocate(1, rdata.size());
  put(0, 0, rdata);
}

void RdataList::allocate(std::size_t count, std::size_t octets) {
  ZF_ASSERT(count <= UINT32_MAX && octets <= UINT32_MAX);
  block_ = std::make_shared<std::uint8_t[]>(count * end_octets + octets);
  count_ = static_cast<std::uint32_t>(count);
  octets_ = static_cast<std::uint32_t>(octets);
}

std::size_t RdataList::put(std::size_t index, std::size_t at, Rdata rdata) {
  std::uint8_t* const block = block_.get();
  const auto end = static_cast<std::uint32_t>(at + rdata.size());
  std::memcpy(block + index * end_octets, &end, end_octets);
  std::copy(rdata.begin(), rdata.end(), block + count_ * end_octets + at);
  return end;
}

RdataList::Rdata RdataList::operator[](std::size_t index) const {
  ZF_ASSERT(index < count_);
  const std::uint8_t* block = block_.get();
  const std::uint32_t begin = index == 0 ? 0 : load_end(block, index - 1);
  return {block + count_ * end_octets + begin, load_end(block, index) - begin};
}

std::vector<Octets> RdataList::to_vector() const {
  std::vector<Octets> out;
  out.reserve(count_);
  for (const Rdata rdata : *this) out.emplace_back(rdata.begin(), rdata.end());
  return out;
}

bool RdataList::operator==(const RdataList& other) const {
  return count_ == other.count_ && octets_ == other.octets_ &&
         (block_ == other.block_ ||
          std::memcmp(block_.get(), other.block_.get(), count_ * end_octets + octets_) == 0);
}

bool RdataList::operator==(const std::vector<Octets>& other) const {
  return std::equal(begin(), end(), other.begin(), other.end(), equal);
}

}  // namespace zonefall::dns
