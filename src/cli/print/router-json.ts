// What `hueristic router report --json` prints: every number, also of every image, without pictures.

import { routerDifferences } from "../../report/router/differences.ts";
import type { MeasuredRouter } from "../../router/measure-router.ts";

export function routerJson(whole: MeasuredRouter): object {
  const { images, methods, ...measured } = whole;
  const { specialists } = measured.router;
  return {
    ...measured,
    differences: routerDifferences(whole).found,
    methods: methods.map(({ ofImages, ...method }) => ({
      ...method,
      ofImages: Object.fromEntries(Object.entries(ofImages).map(([name, values]) => [name, [...values]])),
    })),
    images: images.map(({ id, class: own, route: { rule, place, shares, realness } }) => ({
      id,
      class: specialists[own]!.class,
      rule,
      chosen: specialists[place]!.class,
      shares: [...shares],
      realness: realness && [...realness],
    })),
  };
}
