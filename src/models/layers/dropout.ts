import { cast, greaterEqual, mul, type Tensor4D } from "@tensorflow/tfjs-core";
import { joined, type MapShape, type Part } from "./part.ts";

/** Srivastava et al. 2014 with a share of one half: what is kept is doubled. Its noise comes from outside, as `name`. */
export function dropout(name: string, shape: MapShape): Part {
  return {
    ...joined([]),
    noise: { [name]: shape },
    apply(pass, x) {
      if (pass.mode !== "train") return x;
      const kept = cast(greaterEqual(pass.noise[name]!, 0.5), "float32");
      return mul(mul(x, kept), 2) as Tensor4D;
    },
  };
}
