// Convolution, ConvolutionInputGradient and ConvolutionFilterGradient, over [images, channels, height, width].
// Attributes: stride_y, stride_x, dilation_y, dilation_x, top, left, and the sizes that do not follow from the inputs.
#include "operator.h"

namespace hueristic {

namespace {

ConvolutionShape windowOf(const Attributes& attributes) {
  ConvolutionShape shape{};
  shape.strideY = attributes.count("stride_y");
  shape.strideX = attributes.count("stride_x");
  shape.dilationY = attributes.count("dilation_y");
  shape.dilationX = attributes.count("dilation_x");
  shape.top = attributes.count("top");
  shape.left = attributes.count("left");
  if (shape.strideY == 0 || shape.strideX == 0 || shape.dilationY == 0 || shape.dilationX == 0)
    throw Failure("strides and dilations must not be zero");
  return shape;
}

void expectLength(int64_t length, size_t expected, const char* what) {
  if (static_cast<size_t>(length) != expected)
    throw Failure(std::string(what) + ": expected " + std::to_string(expected) + ", got " + std::to_string(length));
}

void takeImages(const Dims& dims, ConvolutionShape& shape) {
  shape.images = dims[0], shape.inputs = dims[1], shape.inHeight = dims[2], shape.inWidth = dims[3];
}

void takeKernel(const Dims& dims, ConvolutionShape& shape) {
  shape.outputs = dims[0], shape.inputs = dims[1], shape.kernelHeight = dims[2], shape.kernelWidth = dims[3];
}

Dims dimsOf(size_t a, size_t b, size_t c, size_t d) {
  return {static_cast<int64_t>(a), static_cast<int64_t>(b), static_cast<int64_t>(c), static_cast<int64_t>(d)};
}

void expectSome(const ConvolutionShape& s) {
  for (size_t length : {s.images, s.inputs, s.inHeight, s.inWidth, s.outputs, s.outHeight, s.outWidth, s.kernelHeight,
                        s.kernelWidth})
    if (length == 0) throw Failure("a convolution of nothing");
}

/** x, w, bias or none -> y. Attributes out_height, out_width, activation (0 none, 1 ReLU, 2 leaky ReLU), alpha. */
struct Convolution {
  static constexpr Signature signature{"Convolution", 3, 2, 1, 1, -1};
  ConvolutionShape shape;
  ActivationSettings activation;

  explicit Convolution(const Attributes& attributes) : shape(windowOf(attributes)) {
    shape.outHeight = attributes.count("out_height");
    shape.outWidth = attributes.count("out_width");
    activation = attributes.activation();
  }

  void compute(Call& call) const {
    ConvolutionShape s = shape;
    const Dims x = call.dims4(0), w = call.dims4(1);
    takeImages(x, s);
    takeKernel(w, s);
    expectLength(x[1], s.inputs, "channels of x");
    expectSome(s);
    if (call.has(2)) call.expectSize(2, s.outputs);
    float* y = call.output(0, dimsOf(s.images, s.outputs, s.outHeight, s.outWidth));
    call.expectDone(call.kernels().convolution(call.runtime(), s, call.input(0), call.input(1), call.optionalInput(2),
                                               activation, y));
  }
};

/** dy, w, bias or none -> dx. Attributes in_height, in_width. */
struct InputGradient {
  static constexpr Signature signature{"ConvolutionInputGradient", 3, 2, 1, 1, -1};
  ConvolutionShape shape;

  explicit InputGradient(const Attributes& attributes) : shape(windowOf(attributes)) {
    shape.inHeight = attributes.count("in_height");
    shape.inWidth = attributes.count("in_width");
  }

  void compute(Call& call) const {
    ConvolutionShape s = shape;
    const Dims dy = call.dims4(0), w = call.dims4(1);
    takeKernel(w, s);
    expectLength(dy[1], s.outputs, "channels of dy");
    s.images = dy[0], s.outHeight = dy[2], s.outWidth = dy[3];
    expectSome(s);
    if (call.has(2)) call.expectSize(2, s.inputs);
    float* dx = call.output(0, dimsOf(s.images, s.inputs, s.inHeight, s.inWidth));
    call.expectDone(call.kernels().inputGradient(call.runtime(), s, call.input(0), call.input(1), call.optionalInput(2), dx));
  }
};

/** x, dy -> dw. Attributes kernel_height, kernel_width. */
struct FilterGradient {
  static constexpr Signature signature{"ConvolutionFilterGradient", 2, 2, 1, 1, -1};
  ConvolutionShape shape;

  explicit FilterGradient(const Attributes& attributes) : shape(windowOf(attributes)) {
    shape.kernelHeight = attributes.count("kernel_height");
    shape.kernelWidth = attributes.count("kernel_width");
  }

  void compute(Call& call) const {
    ConvolutionShape s = shape;
    const Dims x = call.dims4(0), dy = call.dims4(1);
    takeImages(x, s);
    expectLength(dy[0], s.images, "images of dy");
    s.outputs = dy[1], s.outHeight = dy[2], s.outWidth = dy[3];
    expectSome(s);
    float* dw = call.output(0, dimsOf(s.outputs, s.inputs, s.kernelHeight, s.kernelWidth));
    call.expectDone(call.kernels().filterGradient(call.runtime(), s, call.input(0), call.input(1), dw));
  }
};

}  // namespace

void addConvolutions(Operators& operators, OperatorList& list) {
  registerAll<Convolution, InputGradient, FilterGradient>(operators, list);
}

}  // namespace hueristic
