// One operator for every rule of src/models/optimizers/rules.ts:
//
//   parameter, gradient, moments …, scalars of the step …, any others -> parameter, moments …, gradient's sum of squares
//
// Constants are attributes. All may be changed in place. Values that stand behind the scalars are not read: they are there
// where an update in place has to wait for them, being computed from what it overwrites.
#include <cstring>

#include "operator.h"

namespace hueristic {

namespace {

struct RuleSettings {
  const char* name;
  Rule rule;
  size_t slots;
  size_t scalars;
  /** Names of attributes, in the order of the kernel's numbers; the step's scalars come behind them. */
  size_t constants;
  const char* constant[4];
};

// "rest…" is 1 - decay, 1 - beta1 or 1 - beta2, which the rules compute in double precision.
constexpr RuleSettings sgd{"Sgd", Rule::sgd, 0, 1, 0, {}};
constexpr RuleSettings momentum{"Momentum", Rule::momentum, 1, 1, 1, {"momentum"}};
constexpr RuleSettings rmsprop{"RmsProp", Rule::rmsprop, 1, 1, 2, {"rest", "epsilon"}};
constexpr RuleSettings adagrad{"Adagrad", Rule::adagrad, 1, 1, 1, {"epsilon"}};
constexpr RuleSettings adadelta{"Adadelta", Rule::adadelta, 2, 1, 2, {"rest", "epsilon"}};
constexpr RuleSettings adam{"Adam", Rule::adam, 2, 2, 4, {"beta1", "rest1", "beta2", "rest2"}};
constexpr RuleSettings adamax{"Adamax", Rule::adamax, 2, 1, 3, {"rest", "beta2", "epsilon"}};
constexpr RuleSettings adamw{"AdamW", Rule::adamw, 2, 3, 4, {"beta1", "rest1", "beta2", "rest2"}};

constexpr size_t mostOthers = 32;

template <const RuleSettings& settings>
struct Update {
  static constexpr size_t required = 2 + settings.slots + settings.scalars;
  static constexpr Signature signature{settings.name,      required + mostOthers, required,
                                       settings.slots + 2, settings.slots + 1,    -1};
  float constants[4] = {};

  explicit Update(const Attributes& attributes) {
    for (size_t i = 0; i < settings.constants; i++) constants[i] = attributes.number(settings.constant[i]);
  }

  void compute(Call& call) const {
    const Dims dims = call.dims(0);
    const size_t size = sizeOf(dims);
    UpdateArguments u{};
    u.size = size;
    u.parameter = call.input(0);
    u.gradient = call.input(1);
    call.expectSize(1, size);
    u.nextParameter = call.output(0, dims);
    for (size_t slot = 0; slot < settings.slots; slot++) {
      call.expectSize(slot + 2, size);
      u.slots[slot] = call.input(slot + 2);
      u.nextSlots[slot] = call.output(slot + 1, dims);
    }
    for (size_t i = 0; i < settings.constants; i++) u.numbers[i] = constants[i];
    for (size_t i = 0; i < settings.scalars; i++) {
      const size_t index = 2 + settings.slots + i;
      call.expectSize(index, 1);
      u.numbers[settings.constants + i] = *call.input(index);
    }
    call.expectDone(call.kernels().update(call.runtime(), settings.rule, u, call.output(settings.slots + 1, {})));
  }
};

/** value, any others -> value: what takes the place of something that the others still read. */
struct Assign {
  static constexpr Signature signature{"Assign", 1 + mostOthers, 1, 1, 1, -1};
  explicit Assign(const Attributes&) {}
  void compute(Call& call) const {
    const Dims dims = call.dims(0);
    float* to = call.output(0, dims);
    if (to != call.input(0)) std::memcpy(to, call.input(0), sizeOf(dims) * sizeof(float));
  }
};

/** x -> the sum of all its squares. */
struct SquareSum {
  static constexpr Signature signature{"SquareSum", 1, 1, 1, 1, -1};
  explicit SquareSum(const Attributes&) {}
  void compute(Call& call) const {
    call.expectDone(call.kernels().squareSum(call.runtime(), sizeOf(call.dims(0)), call.input(0), call.output(0, {})));
  }
};

}  // namespace

void addOptimizers(Operators& operators, OperatorList& list) {
  registerAll<Update<sgd>, Update<momentum>, Update<rmsprop>, Update<adagrad>, Update<adadelta>, Update<adam>, Update<adamax>,
              Update<adamw>, Assign, SquareSum>(operators, list);
}

}  // namespace hueristic
