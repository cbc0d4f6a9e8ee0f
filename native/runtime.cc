#include "runtime.h"

#include <dlfcn.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>

namespace hueristic {

namespace {

struct Runtime {
  std::string path;
  std::string version;
  std::unique_ptr<ort::Api> api;
  ort::Env* environment = nullptr;
};

std::mutex opening;
/** Written under `opening`, by the first call that succeeds; never freed, as threads of ONNX Runtime may outlive statics. */
std::atomic<Runtime*> opened{nullptr};

}  // namespace

std::string openRuntime(const std::string& path) {
  std::lock_guard<std::mutex> lock(opening);
  if (const Runtime* known = opened) {
    if (known->path != path) throw Failure("ONNX Runtime is open already, from " + known->path);
    return known->version;
  }
  setenv("ORT_DISABLE_TELEMETRY", "1", 0);
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) throw Failure(dlerror());
  auto getBase = reinterpret_cast<const ort::ApiBase* (*)()>(dlsym(library, "OrtGetApiBase"));
  if (!getBase) throw Failure(path + " has no OrtGetApiBase");
  const ort::ApiBase* base = getBase();
  const ort::RawApi* raw = base->GetApi(ort::apiVersion);
  if (!raw) throw Failure(path + " is older than ONNX Runtime 1.18");
  auto runtime = std::make_unique<Runtime>();
  runtime->path = path;
  runtime->version = base->GetVersionString();
  runtime->api = std::make_unique<ort::Api>(raw);
  // What fails becomes a JavaScript error, and need not be printed too.
  const int fatalOnly = 4;
  if (ort::Status* status = runtime->api->CreateEnv(fatalOnly, "hueristic", &runtime->environment)) {
    std::string message = runtime->api->GetErrorMessage(status);
    runtime->api->ReleaseStatus(status);
    throw Failure(message);
  }
  opened = runtime.release();
  return opened.load()->version;
}

const ort::Api& api() {
  const Runtime* known = opened;
  if (!known) throw Failure("ONNX Runtime is not open yet");
  return *known->api;
}

ort::Env* environment() {
  api();
  return opened.load()->environment;
}

void check(ort::Status* status) {
  if (!status) return;
  std::string message = api().GetErrorMessage(status);
  api().ReleaseStatus(status);
  throw Failure(message);
}

#if defined(__x86_64__)
constexpr unsigned flushToZero = 0x8000, denormalsAreZero = 0x0040;
DenormalsAreZero::DenormalsAreZero() : former_(__builtin_ia32_stmxcsr()) {
  __builtin_ia32_ldmxcsr(static_cast<unsigned>(former_) | flushToZero | denormalsAreZero);
}
DenormalsAreZero::~DenormalsAreZero() { __builtin_ia32_ldmxcsr(static_cast<unsigned>(former_)); }
#elif defined(__aarch64__)
constexpr uint64_t flushToZero = uint64_t{1} << 24;
DenormalsAreZero::DenormalsAreZero() {
  __asm__ volatile("mrs %0, fpcr" : "=r"(former_));
  __asm__ volatile("msr fpcr, %0" ::"r"(former_ | flushToZero));
}
DenormalsAreZero::~DenormalsAreZero() { __asm__ volatile("msr fpcr, %0" ::"r"(former_)); }
#else
DenormalsAreZero::DenormalsAreZero() = default;
DenormalsAreZero::~DenormalsAreZero() = default;
#endif

}  // namespace hueristic
