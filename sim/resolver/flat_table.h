// FlatTable: a copyable hash table in two blocks of memory, for the resolver's caches.
//
// Entries stand side by side in the order they came in. An index of eight octets a slot (open
// addressing, linear probing) says where each one is and keeps half of its hash: a probe reads one
// cache line of the index and then the one entry it is about, however large entries are, and
// growing the index reads no entry. Entries are erased by the sweep only, which makes the index
// anew. A Key is looked for by its View, which borrows what is costly to copy: it needs `View
// view() const`, a constructor from a View, and the View operator== and `std::uint64_t hash()
// const`. Pointers to values are good until the next insertion or erasure. for_each visits in no
// meaningful order: use it for sums and for erasing, never for decisions.
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

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  [[nodiscard]] Value* find(const View& view) {
    return const_cast<Value*>(std::as_const(*this).find(view));  // NOLINT: same body for both
  }
  [[nodiscard]] const Value* find(const View& view) const {
    if (entries_.empty()) return nullptr;
    const Slot& slot = slots_[slot_of(view, half(view.hash()))];
    return slot.place != 0 ? &entries_[slot.place - 1].value : nullptr;
  }

  /// The value at `view`, made with Value() if there is none.
  Value& at_or_new(const View& view) {
    if ((entries_.size() + 1) * 4 > slots_.size() * 3) grow();
    const std::uint32_t hash = half(view.hash());
    Slot& slot = slots_[slot_of(view, hash)];
    if (slot.place == 0) {
      entries_.push_back({Key(view), Value()});
      slot = {hash, static_cast<std::uint32_t>(entries_.size())};
    }
    return entries_[slot.place - 1].value;
  }

  template <typename Predicate>
  void erase_if(Predicate&& predicate) {
    const auto dead = [&](Entry& entry) {
      return predicate(std::as_const(entry.key), entry.value);
    };
    if (std::erase_if(entries_, dead) == 0) return;
    slots_.assign(slots_.size(), Slot());
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      put({half(entries_[i].key.view().hash()), static_cast<std::uint32_t>(i + 1)});
    }
  }

  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (const Entry& entry : entries_) visit(entry.key, entry.value);
  }

  void clear() {
    slots_.clear();
    entries_.clear();
  }

 private:
  struct Entry {
    Key key;
    Value value;
  };
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t place = 0;  // in entries_, plus one; 0: empty
  };

  [[nodiscard]] static std::uint32_t half(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash);
  }
  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }

  // The slot that holds the key, or the empty slot where it would go.
  [[nodiscard]] std::size_t slot_of(const View& view, std::uint32_t hash) const {
    std::size_t at = hash & mask();
    while (slots_[at].place != 0 &&
           !(slots_[at].hash == hash && entries_[slots_[at].place - 1].key.view() == view)) {
      at = (at + 1) & mask();
    }
    return at;
  }

  // For an entry whose key no slot has.
  void put(const Slot& slot) {
    std::size_t at = slot.hash & mask();
    while (slots_[at].place != 0) at = (at + 1) & mask();
    slots_[at] = slot;
  }

  void grow() {
    const std::vector<Slot> old = std::exchange(slots_, {});
    slots_.resize(old.empty() ? 16 : old.size() * 2);
    ZF_ASSERT(slots_.size() <= std::uint64_t{1} << 32);  // half a hash finds any slot
    for (const Slot& slot : old) {
      if (slot.place != 0) put(slot);
    }
  }

  std::vector<Slot> slots_;  // size: a power of two
  std::vector<Entry> entries_;
};

}  // namespace zonefall::resolver
