// Which form of the kernels this processor runs.
#include <cstring>

#include "kernels.h"

namespace hueristic {

extern const Kernels kernels_baseline;

namespace {
bool always() { return true; }
}  // namespace

#if defined(__x86_64__)
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx512;

namespace {
bool hasAvx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
bool hasAvx512() {
  return hasAvx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}
}  // namespace
#endif

namespace {

struct Form {
  const Kernels* kernels;
  bool (*runsHere)();
};

const Form forms[] = {
#if defined(__x86_64__)
    {&kernels_avx512, hasAvx512},
    {&kernels_avx2, hasAvx2},
#endif
    {&kernels_baseline, always},
};
constexpr size_t formCount = sizeof forms / sizeof *forms;

struct Names {
  const char* all[formCount + 1] = {};
  Names() {
    size_t count = 0;
    for (const Form& form : forms)
      if (form.runsHere()) all[count++] = form.kernels->name;
  }
};

}  // namespace

const Kernels* findKernels(const char* name) {
  for (const Form& form : forms)
    if (form.runsHere() && (*name == 0 || std::strcmp(name, form.kernels->name) == 0)) return form.kernels;
  return nullptr;
}

const char* const* kernelNames() {
  static const Names names;
  return names.all;
}

}  // namespace hueristic
