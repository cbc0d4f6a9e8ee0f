#include "scratch.h"

#include <cstdlib>

namespace hueristic {

ScratchPool::~ScratchPool() {
  for (const Block& block : blocks_) free(block.data);
}

#if defined(__SANITIZE_ADDRESS__)
// Each borrower gets memory of exactly its size, so that what is written beside it is noticed.
void* ScratchPool::borrow(size_t bytes) {
  void* data = nullptr;
  return posix_memalign(&data, 64, bytes) == 0 ? data : nullptr;
}
void ScratchPool::giveBack(void* data) { free(data); }
#else

void* ScratchPool::borrow(size_t bytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  Block* smallest = nullptr;
  Block* grown = nullptr;
  for (Block& block : blocks_) {
    if (block.lent) continue;
    if (block.bytes >= bytes && (!smallest || block.bytes < smallest->bytes)) smallest = &block;
    if (block.bytes < bytes && (!grown || block.bytes > grown->bytes)) grown = &block;
  }
  // A block ten times too large is better left to whom it was made for.
  if (!smallest || smallest->bytes / 10 > bytes) {
    void* data = nullptr;
    const size_t rounded = (bytes + 4095) / 4096 * 4096;
    if (posix_memalign(&data, 64, rounded) != 0) return nullptr;
    // What was too small is replaced, so that a session keeps no more than it needs at a time.
    if (grown && !smallest) {
      free(grown->data);
      *grown = {data, rounded, true};
    } else {
      blocks_.push_back({data, rounded, true});
    }
    return data;
  }
  smallest->lent = true;
  return smallest->data;
}

void ScratchPool::giveBack(void* data) {
  if (!data) return;
  std::lock_guard<std::mutex> lock(mutex_);
  for (Block& block : blocks_)
    if (block.data == data) block.lent = false;
}
#endif

}  // namespace hueristic
