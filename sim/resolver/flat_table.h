// FlatTable: a copyable hash table in few blocks of memory, for the resolver's caches.
//
// Entries stand side by side in the order they came in, in blocks that never move once they are
// full: a table that grows copies and wastes next to nothing. An index of eight octets a slot (open
// addressing, linear probing) says where each one is and keeps half of its hash: a probe reads one
// cache line of the index and then the one entry it is about, however large entries are, and
// growing the index reads no entry. Entries are erased by the sweep only, which makes the index
// anew. A Key is looked for by its View, which borrows what is costly to copy: it needs `View
// view() const`, a constructor from a View, and the View operator== and `std::uint64_t hash()
// const`. Pointers to values are good until the next insertion or erasure, places until the next
// erasure. for_each visits in no meaningful order: use it for sums and for erasing, never for
// decisions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "zonefall/core/assert.h"

namespace zonefall::resolver {

template <typename Key, typename Value>
class FlatTable {
 public:
  using View = typename Key::View;

  /// Where an entry stands: below size().
  using Place = std::uint32_t;

  [[nodiscard]] std::size_t size() const { return size_; }

  [[nodiscard]] Value* find(const View& view) {
    return const_cast<Value*>(std::as_const(*this).find(view));  // NOLINT: same body for both
  }
  [[nodiscard]] const Value* find(const View& view) const {
    if (size_ == 0) return nullptr;
    const Slot& slot = slots_[slot_of(view, half(view.hash()))];
    return slot.number != 0 ? &entry_at(slot.number - 1).value : nullptr;
  }

  /// The value at `view`, made with Value() if there is none.
  Value& at_or_new(const View& view) { return value_at(place_of(view)); }
  /// The same, by its place.
  Place place_of(const View& view) {
    if ((size_ + 1) * 4 > slots_.size() * 3) grow();
    const std::uint32_t hash = half(view.hash());
    Slot& slot = slots_[slot_of(view, hash)];
    if (slot.number == 0) {
      append({Key(view), Value()});
      slot = {hash, static_cast<std::uint32_t>(size_)};
    }
    return slot.number - 1;
  }
  [[nodiscard]] const Key& key_at(Place place) const { return entry_at(place).key; }
  [[nodiscard]] const Value& value_at(Place place) const { return entry_at(place).value; }
  [[nodiscard]] Value& value_at(Place place) {
    return blocks_[place / block_entries][place % block_entries].value;
  }

  template <typename Predicate>
  void erase_if(Predicate&& predicate) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      Entry& entry = blocks_[i / block_entries][i % block_entries];
      if (predicate(std::as_const(entry.key), entry.value)) continue;
      if (kept != i) blocks_[kept / block_entries][kept % block_entries] = std::move(entry);
      kept += 1;
    }
    if (kept == size_) return;
    truncate(kept);
    slots_.assign(slots_.size(), Slot());
    for (std::size_t i = 0; i < size_; ++i) {
      put({half(entry_at(i).key.view().hash()), static_cast<std::uint32_t>(i + 1)});
    }
  }

  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (const std::vector<Entry>& block : blocks_) {
      for (const Entry& entry : block) visit(entry.key, entry.value);
    }
  }

 private:
  struct Entry {
    Key key;
    Value value;
  };
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t number = 0;  // of the entry, its place plus one; 0: empty
  };

  static constexpr std::size_t block_entries = 64;

  [[nodiscard]] const Entry& entry_at(std::size_t place) const {
    return blocks_[place / block_entries][place % block_entries];
  }

  // Small tables grow as a vector does, others by whole blocks.
  void append(Entry entry) {
    if (size_ % block_entries == 0) {
      blocks_.emplace_back();
      if (size_ > 0) blocks_.back().reserve(block_entries);
    }
    blocks_.back().push_back(std::move(entry));
    size_ += 1;
  }

  void truncate(std::size_t size) {
    blocks_.resize((size + block_entries - 1) / block_entries);
    const std::size_t in_last = size - (blocks_.empty() ? 0 : blocks_.size() - 1) * block_entries;
    if (in_last > 0) {
      std::vector<Entry>& last = blocks_.back();
      last.erase(last.begin() + static_cast<std::ptrdiff_t>(in_last), last.end());
    }
    size_ = size;
  }

  [[nodiscard]] static std::uint32_t half(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash);
  }
  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }

  // The slot that holds the key, or the empty slot where it would go.
  [[nodiscard]] std::size_t slot_of(const View& view, std::uint32_t hash) const {
    std::size_t at = hash & mask();
    while (slots_[at].number != 0 &&
           !(slots_[at].hash == hash && entry_at(slots_[at].number - 1).key.view() == view)) {
      at = (at + 1) & mask();
    }
    return at;
  }

  // For an entry whose key no slot has.
  void put(const Slot& slot) {
    std::size_t at = slot.hash & mask();
    while (slots_[at].number != 0) at = (at + 1) & mask();
    slots_[at] = slot;
  }

  void grow() {
    const std::vector<Slot> old = std::exchange(slots_, {});
    slots_.resize(old.empty() ? 16 : old.size() * 2);
    ZF_ASSERT(slots_.size() <= std::uint64_t{1} << 32);  // half a hash finds any slot
    for (const Slot& slot : old) {
      if (slot.number != 0) put(slot);
    }
  }

  std::vector<Slot> slots_;                 // size: a power of two
  std::vector<std::vector<Entry>> blocks_;  // all full but the last one, which is not empty
  std::size_t size_ = 0;                    // of all together
};

}  // namespace zonefall::resolver
