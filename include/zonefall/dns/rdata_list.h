// The RDATA of one RRset.
//
// A simulated TLD makes an RRset for nearly every answer; as a vector of vectors its RDATA took an
// allocation for each record and one more, again for every copy under another owner. Here a single
// short one (an address, a DS record, an NSEC3 record of a TLD) stands in the object itself, and
// all others take one block, which copies share. Immutable; may be read from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "zonefall/dns/rdata.h"

namespace zonefall::dns {

class RdataList {
 public:
  using Rdata = std::span<const std::uint8_t>;

  /// None.
  RdataList() = default;
  /// Copies of these, in this order; together below 4 GB.
  explicit RdataList(std::span<const Octets> rdatas);
  /// A copy of one.
  explicit RdataList(Rdata rdata);

  [[nodiscard]] std::size_t size() const {
    const Block* block = std::get_if<Block>(&rdatas_);
    return block != nullptr ? block->count : 1;
  }
  [[nodiscard]] bool empty() const { return size() == 0; }
  /// index < size(). Points into this list, or into what its copies share.
  [[nodiscard]] Rdata operator[](std::size_t index) const;
  [[nodiscard]] Rdata at(std::size_t index) const { return (*this)[index]; }
  [[nodiscard]] Rdata front() const { return (*this)[0]; }
  [[nodiscard]] std::vector<Octets> to_vector() const;

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Rdata;
    using difference_type = std::ptrdiff_t;
    using pointer = const Rdata*;
    using reference = Rdata;
    Iterator() = default;
    Iterator(const RdataList& list, std::size_t index) : list_(&list), index_(index) {}
    Rdata operator*() const { return (*list_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    Iterator operator++(int) { return {*list_, index_++}; }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    const RdataList* list_ = nullptr;
    std::size_t index_ = 0;
  };
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, size()}; }

  /// Octet by octet.
  bool operator==(const RdataList& other) const;
  bool operator==(const std::vector<Octets>& other) const;

 private:
  struct Short {
    std::uint8_t size;
    std::array<std::uint8_t, 39> octets;
  };
  // Where each RDATA ends, as 32-bit words, then the RDATA one after the other.
  struct Block {
    std::shared_ptr<const std::uint8_t[]> memory;
    std::uint32_t count;
  };
  template <typename Record>
  static Block make_block(std::span<const Record> rdatas);

  // A short single one is always held as such.
  std::variant<Block, Short> rdatas_;
};

}  // namespace zonefall::dns
