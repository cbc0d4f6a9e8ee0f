#include "session.h"

#include <algorithm>
#include <cstring>

namespace hueristic {

namespace {

size_t elementBytes(int type) {
  switch (type) {
    case ort::float32:
    case ort::int32:
      return 4;
    case ort::int64:
      return 8;
    case ort::uint8:
    case ort::boolean:
      return 1;
    default:
      return 0;
  }
}

const ort::MemoryInfo* cpuMemory() {
  static const ort::MemoryInfo* const info = [] {
    ort::MemoryInfo* made = nullptr;
    const int deviceAllocator = 0, defaultMemory = 0;
    check(api().CreateCpuMemoryInfo(deviceAllocator, defaultMemory, &made));
    return made;
  }();
  return info;
}

Port describe(const ort::Session* session, size_t index, bool isInput) {
  const ort::Api& ort = api();
  ort::Allocator* allocator = nullptr;
  check(ort.GetAllocatorWithDefaultOptions(&allocator));
  char* name = nullptr;
  check((isInput ? ort.SessionGetInputName : ort.SessionGetOutputName)(session, index, allocator, &name));
  Port port{name, 0, {}, 0};
  check(ort.AllocatorFree(allocator, name));

  Owned<ort::TypeInfo> info(ort.ReleaseTypeInfo);
  check((isInput ? ort.SessionGetInputTypeInfo : ort.SessionGetOutputTypeInfo)(session, index, info.receive()));
  const ort::TensorInfo* tensor = nullptr;
  check(ort.CastTypeInfoToTensorInfo(info.get(), &tensor));
  if (!tensor) throw Failure(port.name + " is no tensor");
  check(ort.GetTensorElementType(tensor, &port.type));
  size_t rank = 0;
  check(ort.GetDimensionsCount(tensor, &rank));
  port.dims.resize(rank);
  check(ort.GetDimensions(tensor, port.dims.data(), rank));
  port.bytes = elementBytes(port.type);
  if (port.bytes == 0) throw Failure(port.name + ": unknown element type " + std::to_string(port.type));
  for (int64_t length : port.dims) {
    if (length < 0) throw Failure(port.name + " has a length that is not known");
    port.bytes *= static_cast<size_t>(length);
  }
  return port;
}

const Port& find(const std::vector<Port>& ports, const std::string& name, const char* what) {
  for (const Port& port : ports)
    if (port.name == name) return port;
  throw Failure("the graph has no " + std::string(what) + " " + name);
}

void expect(const Port& port, const Array& array, size_t count) {
  const bool sameType = array.type == port.type || (array.type == ort::uint8 && port.type == ort::boolean);
  if (!sameType) throw Failure(port.name + ": the array's type is not the graph's");
  if (array.bytes != port.bytes * count) {
    const size_t each = elementBytes(port.type);
    throw Failure(port.name + ": expected " + std::to_string(port.bytes * count / each) + " numbers, got " +
                  std::to_string(array.bytes / each));
  }
}

/** Refuses arrays that share memory where one of them is written, but for one that is read and written as a whole. */
void expectApart(const std::vector<const Array*>& read, const std::vector<const Array*>& written) {
  struct Range {
    const char *begin, *end;
    bool written;
    const Array* array;
  };
  std::vector<Range> ranges;
  auto add = [&](const Array* array, bool isWritten) {
    auto begin = static_cast<const char*>(array->data);
    if (array->bytes > 0) ranges.push_back({begin, begin + array->bytes, isWritten, array});
  };
  for (const Array* array : read) add(array, false);
  for (const Array* array : written) add(array, true);
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
  for (size_t i = 0; i < ranges.size(); i++)
    for (size_t j = i + 1; j < ranges.size() && ranges[j].begin < ranges[i].end; j++) {
      const Range &a = ranges[i], &b = ranges[j];
      const bool inPlace = a.begin == b.begin && a.end == b.end && a.written != b.written;
      if ((a.written || b.written) && !inPlace)
        throw Failure(a.array->name + " and " + b.array->name + " share memory");
    }
}

}  // namespace

Session::Session(const void* model, size_t bytes, const SessionSettings& settings)
    : operators_(std::make_unique<Operators>(settings.kernels)), session_(api().ReleaseSession) {
  const ort::Api& ort = api();
  const DenormalsAreZero restored;
  Owned<ort::SessionOptions> options(ort.ReleaseSessionOptions);
  const int allOptimizations = 99, fatalOnly = 4;
  check(ort.CreateSessionOptions(options.receive()));
  check(ort.SetIntraOpNumThreads(options.get(), settings.threads));
  check(ort.SetInterOpNumThreads(options.get(), 1));
  check(ort.SetSessionGraphOptimizationLevel(options.get(), allOptimizations));
  check(ort.DisableMemPattern(options.get()));
  check(ort.SetSessionLogSeverityLevel(options.get(), fatalOnly));
  check(ort.AddSessionConfigEntry(options.get(), "session.set_denormal_as_zero", "1"));
  check(ort.AddSessionConfigEntry(options.get(), "session.intra_op.allow_spinning", "0"));
  operators_->addTo(options.get());
  check(ort.CreateSessionFromArray(environment(), model, bytes, options.get(), session_.receive()));

  size_t inputCount = 0, outputCount = 0;
  check(ort.SessionGetInputCount(session_.get(), &inputCount));
  check(ort.SessionGetOutputCount(session_.get(), &outputCount));
  for (size_t i = 0; i < inputCount; i++) inputs_.push_back(describe(session_.get(), i, true));
  for (size_t i = 0; i < outputCount; i++) outputs_.push_back(describe(session_.get(), i, false));
}

const Port& Session::input(const std::string& name) const { return find(inputs_, name, "input"); }
const Port& Session::output(const std::string& name) const { return find(outputs_, name, "output"); }

/** Which memory one run of the session reads and writes. */
class Session::Binding {
 public:
  explicit Binding(const Session& session) : session_(session), binding_(api().ReleaseIoBinding) {
    check(api().CreateIoBinding(session.session_.get(), binding_.receive()));
  }

  void bindInput(const Port& port, void* data) {
    Tensor tensor(port, data);
    check(api().BindInput(binding_.get(), port.name.c_str(), tensor.get()));
  }

  void bindOutput(const Port& port, void* data) {
    Tensor tensor(port, data);
    check(api().BindOutput(binding_.get(), port.name.c_str(), tensor.get()));
  }

  void run() { check(api().RunWithBinding(session_.session_.get(), nullptr, binding_.get())); }

 private:
  /** The binding holds its tensors by a count of its own. */
  struct Tensor : Owned<ort::Value> {
    Tensor(const Port& port, void* data) : Owned(api().ReleaseValue) {
      static char nothing[64];
      check(api().CreateTensorWithDataAsOrtValue(cpuMemory(), data ? data : nothing, port.bytes, port.dims.data(),
                                                 port.dims.size(), port.type, receive()));
    }
  };
  const Session& session_;
  Owned<ort::IoBinding> binding_;
};

namespace {

void expectAll(size_t given, const std::vector<Port>& ports, const char* what) {
  if (given != ports.size())
    throw Failure("the graph has " + std::to_string(ports.size()) + " " + what + ", " + std::to_string(given) + " given");
}

std::vector<const Array*> pointers(const std::vector<Array>& arrays) {
  std::vector<const Array*> all;
  for (const Array& array : arrays) all.push_back(&array);
  return all;
}

}  // namespace

void Session::run(const std::vector<Array>& inputs, const std::vector<Array>& outputs) {
  expectAll(inputs.size(), inputs_, "inputs");
  expectAll(outputs.size(), outputs_, "outputs");
  expectApart(pointers(inputs), pointers(outputs));
  const DenormalsAreZero asInTheOtherThreads;
  Binding binding(*this);
  for (const Array& array : inputs) {
    const Port& port = input(array.name);
    expect(port, array, 1);
    binding.bindInput(port, array.data);
  }
  for (const Array& array : outputs) {
    const Port& port = output(array.name);
    expect(port, array, 1);
    binding.bindOutput(port, array.data);
  }
  binding.run();
}

void Session::runSteps(size_t count, const std::vector<Array>& state, const std::vector<Array>& stacked,
                       const Array& losses) {
  expectAll(state.size() + stacked.size(), inputs_, "inputs");
  expectAll(state.size() + 1, outputs_, "outputs");
  std::vector<const Array*> written = pointers(state);
  written.push_back(&losses);
  expectApart(pointers(stacked), written);
  const DenormalsAreZero asInTheOtherThreads;
  Binding binding(*this);
  for (const Array& array : state) {
    const Port &in = input(array.name), &out = output(array.name + "/next");
    expect(in, array, 1);
    expect(out, array, 1);
    binding.bindInput(in, array.data);
    binding.bindOutput(out, array.data);
  }

  /** What a step takes is read where it lies; where vectors could not be loaded from there it is copied first. */
  constexpr size_t alignment = 16;
  struct Slot {
    const Port& port;
    const char* data;
    bool inPlace;
    std::unique_ptr<std::max_align_t[]> copy;
  };
  std::vector<Slot> slots;
  for (const Array& array : stacked) {
    const Port& port = input(array.name);
    expect(port, array, count);
    auto data = static_cast<const char*>(array.data);
    const bool inPlace = reinterpret_cast<uintptr_t>(data) % alignment == 0 && port.bytes % alignment == 0;
    Slot slot{port, data, inPlace, nullptr};
    if (!inPlace) {
      slot.copy.reset(new std::max_align_t[port.bytes / sizeof(std::max_align_t) + 1]);
      binding.bindInput(port, slot.copy.get());
    }
    slots.push_back(std::move(slot));
  }
  const Port& lossesOut = output("losses");
  expect(lossesOut, losses, count);

  for (size_t step = 0; step < count; step++) {
    for (const Slot& slot : slots) {
      const char* from = slot.data + step * slot.port.bytes;
      if (slot.inPlace) binding.bindInput(slot.port, const_cast<char*>(from));
      else std::memcpy(slot.copy.get(), from, slot.port.bytes);
    }
    binding.bindOutput(lossesOut, static_cast<char*>(losses.data) + step * lossesOut.bytes);
    binding.run();
  }
}

}  // namespace hueristic
