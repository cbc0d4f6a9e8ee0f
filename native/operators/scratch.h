// Memory that operators borrow while they compute. It belongs to a session, which frees it; several operators and several
// threads may borrow at a time.
#pragma once
#include <cstddef>
#include <mutex>
#include <vector>

namespace hueristic {

class ScratchPool {
 public:
  ScratchPool() = default;
  ScratchPool(const ScratchPool&) = delete;
  ScratchPool& operator=(const ScratchPool&) = delete;
  ~ScratchPool();
  /** At least `bytes` at a multiple of 64; null where there is no memory. */
  void* borrow(size_t bytes);
  void giveBack(void* data);

 private:
  struct Block {
    void* data;
    size_t bytes;
    bool lent;
  };
  std::mutex mutex_;
  std::vector<Block> blocks_;
};

}  // namespace hueristic
