// The RDATA of one RRset, in one block.
//
// A simulated TLD makes an RRset for nearly every answer; as a vector of vectors its RDATA took an
// allocation for each record and one more, again for every copy under another owner. Here it takes
// one, and copies share it. Immutable; may be read from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
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

  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// index < size().
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
  [[nodiscard]] Iterator end() const { return {*this, count_}; }

  /// Octet by octet.
  bool operator==(const RdataList& other) const;
  bool operator==(const std::vector<Octets>& other) const;

 private:
  void allocate(std::size_t count, std::size_t octets);
  // Returns where the next one begins.
  std::size_t put(std::size_t index, std::size_t at, Rdata rdata);

  // Where each RDATA ends, as 32-bit words, then the RDATA one after the other.
  std::shared_ptr<std::uint8_t[]> block_;  // written by the constructors only
  std::uint32_t count_ = 0;
  std::uint32_t octets_ = 0;  // of all RDATA
};

}  // namespace zonefall::dns
