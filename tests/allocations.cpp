// In a file of its own: where a compiler sees both new and free it takes them for a mistake.
#include "allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

// It is the allocator.  NOLINTBEGIN(cppcoreguidelines-no-malloc)
namespace {

std::atomic<std::uint64_t> count = 0;

void* allocate(std::size_t octets) {
  count.fetch_add(1, std::memory_order_relaxed);
  if (void* block = std::malloc(octets == 0 ? 1 : octets)) return block;
  throw std::bad_alloc();
}

}  // namespace

std::uint64_t zonefall::testing::allocations() {
  return count.load(std::memory_order_relaxed);
}

void* operator new(std::size_t octets) {
  return allocate(octets);
}
void* operator new[](std::size_t octets) {
  return allocate(octets);
}
// The library's own would be paired with the delete below (std::stable_sort asks for this one).
void* operator new(std::size_t octets, const std::nothrow_t& /*tag*/) noexcept {
  count.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(octets == 0 ? 1 : octets);
}
void* operator new[](std::size_t octets, const std::nothrow_t& /*tag*/) noexcept {
  count.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(octets == 0 ? 1 : octets);
}
void operator delete(void* block) noexcept {
  std::free(block);
}
void operator delete(void* block, std::size_t /*octets*/) noexcept {
  std::free(block);
}
void operator delete[](void* block) noexcept {
  std::free(block);
}
void operator delete[](void* block, std::size_t /*octets*/) noexcept {
  std::free(block);
}
// NOLINTEND(cppcoreguidelines-no-malloc)
