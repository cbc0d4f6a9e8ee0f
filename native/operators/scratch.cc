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
  // Blocks are of whole pages, and what is asked for is compared as such: else no block is small enough for a few bytes.
  bytes = (bytes + 4095) / 4096 * 4096;
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
    if (posix_memalign(&data, 64, bytes) != 0) return nullptr;
    // What was too small is replaced, so that a session keeps no more than it needs at a time.
    if (grown && !smallest) {
      free(grown->data);
      *grown = {data, bytes, true};
    } else {
      blocks_.push_back({data, bytes, true});
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
