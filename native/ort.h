// The few entries of ONNX Runtime's C API that we use, by their place in its table. The table only ever grows at its end
// (onnxruntime_c_api.h: "All members are ordered by version"), so places hold for every later release. None of its headers
// is needed to build; src/engine/native checks the version and computes a graph whose result is known before the first use.
#pragma once
#include <cstddef>
#include <cstdint>

namespace ort {

struct Status;
struct Env;
struct Session;
struct SessionOptions;
struct RunOptions;
struct Value;
struct MemoryInfo;
struct Allocator;
struct IoBinding;
struct CustomOpDomain;
struct TypeInfo;
struct TensorInfo;
struct KernelInfo;
struct KernelContext;
struct ShapeInferContext;
struct CustomOp;
struct RawApi;

/** The version of the API that has all entries below: ONNX Runtime 1.18. */
constexpr uint32_t apiVersion = 18;

// entry(place, result, name, parameters)
#define HUERISTIC_ORT_ENTRIES(entry)                                                                                  \
  entry(0, Status*, CreateStatus, (int code, const char* message))                                                    \
  entry(2, const char*, GetErrorMessage, (const Status*))                                                             \
  entry(3, Status*, CreateEnv, (int severity, const char* id, Env**))                                                 \
  entry(8, Status*, CreateSessionFromArray, (const Env*, const void*, size_t, const SessionOptions*, Session**))      \
  entry(10, Status*, CreateSessionOptions, (SessionOptions**))                                                        \
  entry(17, Status*, DisableMemPattern, (SessionOptions*))                                                            \
  entry(22, Status*, SetSessionLogSeverityLevel, (SessionOptions*, int))                                              \
  entry(23, Status*, SetSessionGraphOptimizationLevel, (SessionOptions*, int))                                        \
  entry(24, Status*, SetIntraOpNumThreads, (SessionOptions*, int))                                                    \
  entry(25, Status*, SetInterOpNumThreads, (SessionOptions*, int))                                                    \
  entry(26, Status*, CreateCustomOpDomain, (const char*, CustomOpDomain**))                                           \
  entry(27, Status*, CustomOpDomain_Add, (CustomOpDomain*, const CustomOp*))                                          \
  entry(28, Status*, AddCustomOpDomain, (SessionOptions*, CustomOpDomain*))                                           \
  entry(30, Status*, SessionGetInputCount, (const Session*, size_t*))                                                 \
  entry(31, Status*, SessionGetOutputCount, (const Session*, size_t*))                                                \
  entry(33, Status*, SessionGetInputTypeInfo, (const Session*, size_t, TypeInfo**))                                   \
  entry(34, Status*, SessionGetOutputTypeInfo, (const Session*, size_t, TypeInfo**))                                  \
  entry(36, Status*, SessionGetInputName, (const Session*, size_t, Allocator*, char**))                               \
  entry(37, Status*, SessionGetOutputName, (const Session*, size_t, Allocator*, char**))                              \
  entry(49, Status*, CreateTensorWithDataAsOrtValue,                                                                  \
        (const MemoryInfo*, void*, size_t bytes, const int64_t* dims, size_t rank, int type, Value**))                \
  entry(51, Status*, GetTensorMutableData, (Value*, void**))                                                          \
  entry(55, Status*, CastTypeInfoToTensorInfo, (const TypeInfo*, const TensorInfo**))                                 \
  entry(60, Status*, GetTensorElementType, (const TensorInfo*, int*))                                                 \
  entry(61, Status*, GetDimensionsCount, (const TensorInfo*, size_t*))                                                \
  entry(62, Status*, GetDimensions, (const TensorInfo*, int64_t*, size_t))                                            \
  entry(65, Status*, GetTensorTypeAndShape, (const Value*, TensorInfo**))                                             \
  entry(69, Status*, CreateCpuMemoryInfo, (int allocatorType, int memoryType, MemoryInfo**))                          \
  entry(76, Status*, AllocatorFree, (Allocator*, void*))                                                              \
  entry(78, Status*, GetAllocatorWithDefaultOptions, (Allocator**))                                                   \
  entry(85, Status*, KernelInfoGetAttribute_float, (const KernelInfo*, const char*, float*))                          \
  entry(86, Status*, KernelInfoGetAttribute_int64, (const KernelInfo*, const char*, int64_t*))                        \
  entry(88, Status*, KernelContext_GetInputCount, (const KernelContext*, size_t*))                                    \
  entry(90, Status*, KernelContext_GetInput, (const KernelContext*, size_t, const Value**))                           \
  entry(91, Status*, KernelContext_GetOutput, (KernelContext*, size_t, const int64_t* dims, size_t rank, Value**))    \
  entry(93, void, ReleaseStatus, (Status*))                                                                           \
  entry(95, void, ReleaseSession, (Session*))                                                                         \
  entry(96, void, ReleaseValue, (Value*))                                                                             \
  entry(98, void, ReleaseTypeInfo, (TypeInfo*))                                                                       \
  entry(99, void, ReleaseTensorTypeAndShapeInfo, (TensorInfo*))                                                       \
  entry(100, void, ReleaseSessionOptions, (SessionOptions*))                                                          \
  entry(101, void, ReleaseCustomOpDomain, (CustomOpDomain*))                                                          \
  entry(130, Status*, AddSessionConfigEntry, (SessionOptions*, const char* key, const char* value))                   \
  entry(133, Status*, RunWithBinding, (Session*, const RunOptions*, const IoBinding*))                                \
  entry(134, Status*, CreateIoBinding, (Session*, IoBinding**))                                                       \
  entry(135, void, ReleaseIoBinding, (IoBinding*))                                                                    \
  entry(136, Status*, BindInput, (IoBinding*, const char*, const Value*))                                             \
  entry(137, Status*, BindOutput, (IoBinding*, const char*, const Value*))                                            \
  entry(274, Status*, KernelContext_ParallelFor,                                                                      \
        (const KernelContext*, void (*)(void*, size_t), size_t count, size_t batches, void* argument))

struct Api {
#define HUERISTIC_ORT_MEMBER(place, result, name, parameters) result(*name) parameters = nullptr;
  HUERISTIC_ORT_ENTRIES(HUERISTIC_ORT_MEMBER)
#undef HUERISTIC_ORT_MEMBER

  explicit Api(const RawApi* raw) {
    auto table = reinterpret_cast<void* const*>(raw);
#define HUERISTIC_ORT_READ(place, result, name, parameters) \
  name = reinterpret_cast<result(*) parameters>(table[place]);
    HUERISTIC_ORT_ENTRIES(HUERISTIC_ORT_READ)
#undef HUERISTIC_ORT_READ
  }
};
#undef HUERISTIC_ORT_ENTRIES

struct ApiBase {
  const RawApi* (*GetApi)(uint32_t version);
  const char* (*GetVersionString)();
};

/** TensorProto.DataType. */
enum ElementType { float32 = 1, uint8 = 2, int32 = 6, int64 = 7, boolean = 9 };

/** OrtCustomOp as of version 18: a table of functions that ONNX Runtime calls. */
struct CustomOp {
  uint32_t version;
  void* (*CreateKernel)(const CustomOp*, const RawApi*, const KernelInfo*);
  const char* (*GetName)(const CustomOp*);
  const char* (*GetExecutionProviderType)(const CustomOp*);
  int (*GetInputType)(const CustomOp*, size_t);
  size_t (*GetInputTypeCount)(const CustomOp*);
  int (*GetOutputType)(const CustomOp*, size_t);
  size_t (*GetOutputTypeCount)(const CustomOp*);
  void (*KernelCompute)(void*, KernelContext*);
  void (*KernelDestroy)(void*);
  int (*GetInputCharacteristic)(const CustomOp*, size_t);
  int (*GetOutputCharacteristic)(const CustomOp*, size_t);
  int (*GetInputMemoryType)(const CustomOp*, size_t);
  int (*GetVariadicInputMinArity)(const CustomOp*);
  int (*GetVariadicInputHomogeneity)(const CustomOp*);
  int (*GetVariadicOutputMinArity)(const CustomOp*);
  int (*GetVariadicOutputHomogeneity)(const CustomOp*);
  Status* (*CreateKernelV2)(const CustomOp*, const RawApi*, const KernelInfo*, void**);
  Status* (*KernelComputeV2)(void*, KernelContext*);
  Status* (*InferOutputShape)(const CustomOp*, ShapeInferContext*);
  int (*GetStartVersion)(const CustomOp*);
  int (*GetEndVersion)(const CustomOp*);
  size_t (*GetMayInplace)(int** inputs, int** outputs);
  void (*ReleaseMayInplace)(int* inputs, int* outputs);
  size_t (*GetAliasMap)(int** inputs, int** outputs);
  void (*ReleaseAliasMap)(int* inputs, int* outputs);
};

}  // namespace ort
