// How the workers of a sweep share one machine.

/** Threads of each worker's engine: the cores divided, at least one. */
export function threadsPerWorker(cores: number, workers: number): number {
  return Math.max(1, Math.floor(cores / workers));
}

/**
 * What worker `index`, from 0, is given in its environment: one GPU, in turn, where there are several. `visible` is the
 * CUDA_VISIBLE_DEVICES of the user, of whose GPUs it then is one.
 */
export function gpuOf(index: number, gpuCount: number, visible: string | undefined): Record<string, string> {
  const devices =
    visible === undefined ? Array.from({ length: gpuCount }, (_, gpu) => String(gpu)) : visible.split(",");
  return devices.length > 1 ? { CUDA_VISIBLE_DEVICES: devices[index % devices.length]!.trim() } : {};
}
