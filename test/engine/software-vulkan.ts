// Where a test may find a GPU that WebGPU accepts: a driver that the environment offers, or the software one that comes
// with Debian's chromium, which CI installs for the browser tests.

import { existsSync } from "node:fs";
import path from "node:path";
import { probeProvider } from "../../src/engine/onnx/probe-provider.ts";
import { providers } from "../../src/engine/onnx/providers.ts";

type Environment = Readonly<Record<string, string>>;

const chromium = "/usr/lib/chromium";

/** The environment variables for a process that shall have an adapter, or why there is none. */
export function webGpuEnvironment(): Environment | { readonly missing: string } {
  const here = probeProvider(providers.webgpu);
  if (here.works) return {};
  const driver = path.join(chromium, "vk_swiftshader_icd.json");
  if (!existsSync(driver) || !existsSync(path.join(chromium, "libvulkan.so.1")))
    return { missing: `no adapter: ${here.reason}; and no software driver of chromium in ${chromium}` };
  const env = { LD_LIBRARY_PATH: chromium, VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver };
  const there = probeProvider(providers.webgpu, env);
  return there.works ? env : { missing: `chromium's software driver: ${there.reason}` };
}
