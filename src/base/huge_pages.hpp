// Memory in huge pages, for large tables that are read all over: most of the wait for such a read is for where it is.
#pragma once

#include <cstdlib>
#include <new>
#include <sys/mman.h>

namespace pasid {

/// An allocator for std::vector. From 2 MiB on it asks the kernel for huge pages; where there are none, pages are of
/// the usual size.
template <class T>
struct HugePages {
  using value_type = T;
  static constexpr std::size_t page = std::size_t{2} << 20;

  HugePages() = default;
  template <class U>
  HugePages(const HugePages<U>&) {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t n) {
    const std::size_t bytes = n * sizeof(T);
    if (bytes < page) return static_cast<T*>(::operator new(bytes));
    const std::size_t whole = (bytes + page - 1) / page * page;
    void* const at = std::aligned_alloc(page, whole);
    if (at == nullptr) throw std::bad_alloc();
    madvise(at, whole, MADV_HUGEPAGE);
    return static_cast<T*>(at);
  }
  void deallocate(T* at, std::size_t n) {
    if (n * sizeof(T) < page) ::operator delete(at);
    else std::free(at);
  }
  friend bool operator==(const HugePages&, const HugePages&) { return true; }
};

}  // namespace pasid
