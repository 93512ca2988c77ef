#include "zonefall/dns/rdata_list.h"

#include <algorithm>
#include <cstring>
#include <utility>

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

template <typename Record>
RdataList::Block RdataList::make_block(std::span<const Record> rdatas) {
  std::size_t octets = 0;
  for (const Record& rdata : rdatas) octets += rdata.size();
  ZF_ASSERT(rdatas.size() <= UINT32_MAX && octets <= UINT32_MAX);
  auto memory = std::make_shared<std::uint8_t[]>(rdatas.size() * end_octets + octets);
  std::uint8_t* ends = memory.get();
  std::uint8_t* at = ends + rdatas.size() * end_octets;
  std::uint32_t end = 0;
  for (const Record& rdata : rdatas) {
    end += static_cast<std::uint32_t>(rdata.size());
    std::memcpy(ends, &end, end_octets);
    ends += end_octets;
    at = std::copy(rdata.begin(), rdata.end(), at);
  }
  return {std::move(memory), static_cast<std::uint32_t>(rdatas.size())};
}

RdataList::RdataList(std::span<const Octets> rdatas) {
  if (rdatas.size() == 1) {
    *this = RdataList(Rdata(rdatas.front()));
  } else {
    rdatas_ = make_block(rdatas);
  }
}

RdataList::RdataList(Rdata rdata) {
  Short one{};
  if (rdata.size() <= one.octets.size()) {
    one.size = static_cast<std::uint8_t>(rdata.size());
    std::copy(rdata.begin(), rdata.end(), one.octets.begin());
    rdatas_ = one;
  } else {
    rdatas_ = make_block(std::span<const Rdata>(&rdata, 1));
  }
}

RdataList::Rdata RdataList::operator[](std::size_t index) const {
  ZF_ASSERT(index < size());
  if (const Short* one = std::get_if<Short>(&rdatas_)) return {one->octets.data(), one->size};
  const Block& block = *std::get_if<Block>(&rdatas_);
  const std::uint8_t* ends = block.memory.get();
  const std::uint32_t begin = index == 0 ? 0 : load_end(ends, index - 1);
  return {ends + block.count * end_octets + begin, load_end(ends, index) - begin};
}

std::vector<Octets> RdataList::to_vector() const {
  std::vector<Octets> out;
  out.reserve(size());
  for (const Rdata rdata : *this) out.emplace_back(rdata.begin(), rdata.end());
  return out;
}

bool RdataList::operator==(const RdataList& other) const {
  return std::equal(begin(), end(), other.begin(), other.end(), equal);
}

bool RdataList::operator==(const std::vector<Octets>& other) const {
  return std::equal(begin(), end(), other.begin(), other.end(), equal);
}

}  // namespace zonefall::dns
