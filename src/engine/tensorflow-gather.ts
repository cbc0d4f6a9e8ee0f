// tfjs-node's gather reads its indices back to check them, at every call: a GPU waits for that, and the batch that
// sRGB -> linear looks up comes back whole. Our indices are bytes, which cannot be out of bounds; so its kernel is
// replaced by the operation alone. TensorFlow itself still refuses a wrong index on a CPU.

import {
  type DataType,
  GatherV2,
  type GatherV2Attrs,
  type KernelBackend,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  registerKernel,
  scalar,
  type Tensor,
  type TensorInfo,
  unregisterKernel,
} from "@tensorflow/tfjs-core";

/** tfjs-node's backend as far as this kernel needs it. */
type NodeBackend = KernelBackend & {
  readonly binding: { readonly TF_ATTR_INT: number; readonly TF_ATTR_TYPE: number };
  getDTypeInteger(dtype: DataType): number;
  executeSingleOutput(
    name: string,
    attributes: readonly unknown[],
    inputs: readonly TensorInfo[],
  ): TensorInfo;
};

export function replaceGather(): void {
  unregisterKernel(GatherV2, "tensorflow");
  registerKernel({
    kernelName: GatherV2,
    backendName: "tensorflow",
    kernelFunc({ inputs, backend, attrs }) {
      const { x, indices } = inputs as NamedTensorInfoMap & { x: TensorInfo; indices: TensorInfo };
      const { axis, batchDims } = attrs as NamedAttrMap & GatherV2Attrs;
      const node = backend as NodeBackend;
      const type = (name: string, dtype: DataType) => ({
        name,
        type: node.binding.TF_ATTR_TYPE,
        value: node.getDTypeInteger(dtype),
      });
      const axisTensor: Tensor = scalar(axis, "int32");
      const result = node.executeSingleOutput(
        GatherV2,
        [
          { name: "batch_dims", type: node.binding.TF_ATTR_INT, value: batchDims },
          type("Tparams", x.dtype),
          type("Tindices", indices.dtype),
          type("Taxis", "int32"),
        ],
        [x, indices, axisTensor],
      );
      axisTensor.dispose();
      return result;
    },
  });
}
