// FlatTable: a copyable hash table in one block of memory, for the resolver's caches.
//
// Open addressing with linear probing and backward-shift deletion. A Key is looked for by its View,
// which borrows what is costly to copy: it needs `View view() const`, a constructor from a View,
// and the View operator== and `std::uint64_t hash() const`. Pointers to values are good until the
// next insertion or erasure. for_each visits in no meaningful order: use it for sums and for
// erasing, never for decisions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace zonefall::resolver {

template <typename Key, typename Value>
class FlatTable {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }

  using View = typename Key::View;

  [[nodiscard]] Value* find(const View& view) {
    return const_cast<Value*>(std::as_const(*this).find(view));  // NOLINT: same body for both
  }
  [[nodiscard]] const Value* find(const View& view) const {
    if (slots_.empty()) return nullptr;
    const std::size_t at = slot_of(view);
    return slots_[at] ? &slots_[at]->second : nullptr;
  }

  /// The value at `view`, made with Value() if there is none.
  Value& at_or_new(const View& view) {
    if ((size_ + 1) * 4 > slots_.size() * 3) grow();
    std::optional<std::pair<Key, Value>>& slot = slots_[slot_of(view)];
    if (!slot) {
      slot.emplace(Key(view), Value());
      size_ += 1;
    }
    return slot->second;
  }

  void erase(const View& view) {
    if (slots_.empty()) return;
    const std::size_t at = slot_of(view);
    if (slots_[at]) erase_slot(at);
  }

  template <typename Predicate>
  void erase_if(Predicate&& predicate) {
    std::vector<std::optional<std::pair<Key, Value>>> old = std::exchange(slots_, {});
    slots_.resize(old.size());
    size_ = 0;
    for (auto& slot : old) {
      if (!slot || predicate(slot->first, slot->second)) continue;
      slots_[slot_of(slot->first.view())] = std::move(slot);
      size_ += 1;
    }
  }

  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (const auto& slot : slots_) {
      if (slot) visit(slot->first, slot->second);
    }
  }

  void clear() {
    slots_.clear();
    size_ = 0;
  }

 private:
  // The slot that holds the key, or the empty slot where it would go.
  [[nodiscard]] std::size_t slot_of(const View& view) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = static_cast<std::size_t>(view.hash()) & mask;
    while (slots_[at] && !(slots_[at]->first.view() == view)) at = (at + 1) & mask;
    return at;
  }

  void grow() {
    std::vector<std::optional<std::pair<Key, Value>>> old = std::exchange(slots_, {});
    slots_.resize(old.empty() ? 16 : old.size() * 2);
    for (auto& slot : old) {
      if (slot) slots_[slot_of(slot->first.view())] = std::move(slot);
    }
  }

  void erase_slot(std::size_t hole) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hole;
    while (true) {
      at = (at + 1) & mask;
      if (!slots_[at]) break;
      const std::size_t home = static_cast<std::size_t>(slots_[at]->first.view().hash()) & mask;
      // The entry may move back into the hole only if the hole is on its probe path.
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        slots_[hole] = std::move(slots_[at]);
        hole = at;
      }
    }
    slots_[hole].reset();
    size_ -= 1;
  }

  std::vector<std::optional<std::pair<Key, Value>>> slots_;  // size: a power of two
  std::size_t size_ = 0;
};

}  // namespace zonefall::resolver
