// Named functions that an engine may run as one kernel of its own, such as batch normalization or a step of Adam. A
// composite is a TensorFlow.js kernel whose default, on every backend that has none of its own, is the function itself,
// written in TensorFlow.js ops.

import { engine, registerKernel, type Tensor, type TensorInfo, tidy } from "@tensorflow/tfjs-core";

export type CompositeAttributes = Readonly<Record<string, number>>;

/** How a backend runs composites; `decompose` calls the function that the composite stands for. */
export type CompositeKernel = (
  name: string,
  inputs: readonly TensorInfo[],
  attributes: CompositeAttributes,
  decompose: () => readonly TensorInfo[],
) => readonly TensorInfo[];

type Function = (inputs: readonly Tensor[], attributes: CompositeAttributes) => readonly Tensor[];

const functions = new Map<string, Function>();
const backends = new Map<string, CompositeKernel>();

/**
 * A function of tensors that engines know by `name`, in the form in which it is called. No gradient flows through it:
 * where one should, call it inside customGrad.
 */
export function composite<A extends CompositeAttributes = Readonly<Record<never, number>>>(
  name: string,
  call: (inputs: readonly Tensor[], attributes: A) => readonly Tensor[],
): (inputs: readonly Tensor[], attributes: A) => Tensor[] {
  if (functions.has(name)) throw new Error(`two composites are called ${name}`);
  functions.set(name, call as unknown as Function);
  for (const [backend, kernel] of backends) register(name, backend, kernel);
  return (inputs, attributes) => {
    registerComposites(backendInUse());
    return engine().runKernel(name, { ...inputs } as never, attributes as never) as unknown as Tensor[];
  };
}

/** All that are known, in the order of their definitions: for tests. */
export function compositeNames(): readonly string[] {
  return [...functions.keys()];
}

function backendInUse(): string {
  // Asking for the backend makes TensorFlow.js choose one where none was.
  void engine().backend;
  return engine().backendName;
}

/** Tells composites how a backend runs them, before its first; by default as what they stand for. */
export function registerComposites(
  backend: string,
  kernel: CompositeKernel = (_name, _inputs, _attributes, decompose) => decompose(),
): void {
  if (backends.has(backend)) return;
  backends.set(backend, kernel);
  for (const name of functions.keys()) register(name, backend, kernel);
}

function register(kernelName: string, backendName: string, kernel: CompositeKernel): void {
  registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs }) => {
      const tensors = Object.values(inputs) as Tensor[];
      const attributes = (attrs ?? {}) as CompositeAttributes;
      const decompose = () => tidy(() => functions.get(kernelName)!(tensors, attributes) as Tensor[]);
      return kernel(kernelName, tensors, attributes, decompose) as TensorInfo[];
    },
  });
}
