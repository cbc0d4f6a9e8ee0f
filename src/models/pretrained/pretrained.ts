// The networks trained on ImageNet, of which a user may have weights. Their code is loaded when it is needed.

import type { PretrainedNetwork } from "./pretrained-network.ts";

type Pretrained = { readonly description: string; load(): Promise<PretrainedNetwork> };

export const pretrained = {
  mobilenet_v2: {
    description: "MobileNetV2 at width 1.0, trained on ImageNet.",
    load: async () => (await import("./mobilenet-v2.ts")).mobilenetV2,
  },
  inception_resnet_v2: {
    description: "Inception-ResNet-v2, trained on ImageNet.",
    load: async () => (await import("./inception-resnet-v2.ts")).inceptionResnetV2,
  },
} satisfies Record<string, Pretrained>;

export type PretrainedKind = keyof typeof pretrained;
