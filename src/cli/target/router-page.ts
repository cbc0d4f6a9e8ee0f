// The page of `hueristic router report`.

import sharp from "sharp";
import { pageAssets } from "../../report/build-client.ts";
import { routerHtml, type ShownImage } from "../../report/router/router-html.ts";
import type { MeasuredRouter } from "../../router/measure-router.ts";
import { formatTime } from "../../runs/format/times.ts";
import { writeWhole } from "../../whole-file.ts";

export async function writeRouterPage(out: string, measured: MeasuredRouter, now: number): Promise<void> {
  const { size } = measured.router;
  const address = async (rgb: Uint8Array) => {
    const png = await sharp(rgb, { raw: { width: size, height: size, channels: 3 } })
      .png()
      .toBuffer();
    return `data:image/png;base64,${png.toString("base64")}`;
  };
  const shown: ShownImage[] = [];
  for (const { id, class: own, route, shown: pictures } of measured.images) {
    if (pictures === null) continue;
    const byNetwork = await Promise.all(pictures.byNetwork.map(address));
    shown.push({ id, class: own, route, real: await address(pictures.real), byNetwork });
  }
  shown.sort((a, b) => a.class - b.class || a.route.rule.localeCompare(b.route.rule, "en"));
  const page = routerHtml(measured, shown, await pageAssets("router"), { writtenAt: formatTime(now) });
  await writeWhole(out, [Buffer.from(page)]);
}
