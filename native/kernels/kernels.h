// What kernels are asked, whatever the instructions they are compiled for: plain C types, because the code around them is
// compiled for any processor of its kind.
#pragma once
#include <cstddef>

namespace hueristic {

/** Threads and scratch memory, given by whoever calls a kernel. */
struct Runtime {
  void* context;
  /** Calls task(argument, 0 … count - 1) on any thread and in any order; returns when all are done. */
  void (*parallel)(void* context, size_t count, void (*task)(void* argument, size_t index), void* argument);
  /** At a multiple of 64 bytes; null where there is no memory. */
  void* (*borrow)(void* context, size_t bytes);
  void (*giveBack)(void* context, void* data);
};

/**
 * A convolution of x [images, inputs, inHeight, inWidth] with w [outputs, inputs, kernelHeight, kernelWidth] that gives
 * y [images, outputs, outHeight, outWidth]. Rows and columns that padding or output size leave out count as zero.
 */
struct ConvolutionShape {
  size_t images, inputs, inHeight, inWidth;
  size_t outputs, outHeight, outWidth;
  size_t kernelHeight, kernelWidth;
  size_t strideY, strideX;
  size_t dilationY, dilationX;
  size_t top, left;
};

enum class Activation { none = 0, relu = 1, leakyRelu = 2 };

/** max(x, alpha x) for a leaky ReLU; a number that is none stays none. */
struct ActivationSettings {
  Activation kind;
  float alpha;
};

/** x [images, channels, positions]. */
struct ChannelShape {
  size_t images, channels, positions;
};

enum class Rule { sgd, momentum, rmsprop, adagrad, adadelta, adam, adamax, adamw };

/** Constants of a rule and scalars of its step. */
constexpr size_t mostNumbers = 8;

/** An optimizer's update of `size` numbers; src/models/optimizers/rules.ts has the formulas. */
struct UpdateArguments {
  size_t size;
  const float* parameter;
  const float* gradient;
  /** The moments, in the order of the rule. */
  const float* slots[2];
  float* nextParameter;
  float* nextSlots[2];
  /** Constants of the rule, then the scalars of this step. */
  float numbers[mostNumbers];
};

/** Each returns false where scratch memory ran out, its result then being undefined. Results do not depend on threads. */
struct Kernels {
  const char* name;
  /** y = activation(convolution + bias); bias [outputs] may be null. */
  bool (*convolution)(const Runtime&, const ConvolutionShape&, const float* x, const float* w, const float* bias,
                      ActivationSettings, float* y);
  /** dL/dx, also the forward pass of a transposed convolution, whose bias [inputs] may be null. */
  bool (*inputGradient)(const Runtime&, const ConvolutionShape&, const float* dy, const float* w, const float* bias,
                        float* dx);
  /** dL/dw. */
  bool (*filterGradient)(const Runtime&, const ConvolutionShape&, const float* x, const float* dy, float* dw);
  /** dx = dy where y > 0, dy alpha elsewhere; its sums over all but the channels, where `sums` [channels] is not null. */
  bool (*activationGradient)(const Runtime&, const ChannelShape&, float alpha, const float* dy, const float* y, float* dx,
                             float* sums);
  /** y = activation((x - mean) inverse scale + offset), inverse = 1 / sqrt(variance + epsilon), over the batch. */
  bool (*batchNorm)(const Runtime&, const ChannelShape&, float epsilon, ActivationSettings, const float* x,
                    const float* scale, const float* offset, float* y, float* mean, float* variance, float* inverse);
  bool (*batchNormGradient)(const Runtime&, const ChannelShape&, ActivationSettings, const float* dy, const float* x,
                            const float* scale, const float* offset, const float* mean, const float* inverse, float* dx,
                            float* scaleGradient, float* offsetGradient);
  /** Changes parameter and moments, in place where they are the same; the gradient's sum of squares where asked for. */
  bool (*update)(const Runtime&, Rule, const UpdateArguments&, float* squareSum);
  /** The sum of all squares. */
  bool (*squareSum)(const Runtime&, size_t size, const float* x, float* sum);
};

/** The kernels of this name that this processor can run, or the fastest where `name` is empty; null where there are none. */
const Kernels* findKernels(const char* name);

/** Names of all that this processor can run, the fastest first; ends with null. */
const char* const* kernelNames();

}  // namespace hueristic
