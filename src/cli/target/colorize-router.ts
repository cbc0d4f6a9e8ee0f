// Networks of a router, of which it chooses one for each photograph.

import type { ChooseNetwork } from "../../colorize/colorize-files.ts";
import type { DeviceChoice } from "../../engine/choices.ts";
import { UserError } from "../../errors.ts";
import type { Output } from "../../output.ts";
import { networksOf, openNetworks } from "../../router/open-router.ts";
import { route } from "../../router/route.ts";
import type { StoredRouter } from "../../router/stored-router.ts";
import { ownVersion } from "../../runner/provenance.ts";
import type { Store } from "../../store/open-store.ts";
import { plainText } from "../print/format.ts";
import { routeWords } from "../print/route-words.ts";
import { findRouter } from "./find-router.ts";

type RouterOptions = {
  readonly store: Store;
  readonly device: DeviceChoice | null;
  readonly raw: boolean;
  /** Says which rule chose what. */
  readonly explain: boolean;
  readonly output: Output;
};

export type RouterChoice = {
  readonly choose: ChooseNetwork;
  /** Such as "router faces-and-scenes". */
  readonly name: string;
  close(): Promise<void>;
};

/** Throws UserError. */
export async function openRouterChoice(
  ref: string,
  { store, device, raw, explain, output }: RouterOptions,
): Promise<RouterChoice> {
  const router = findRouter(store.folder, ref);
  const networks = await openNetworks(networksOf(store, router, false), { store, device });
  const chromatic = raw ? networks.specialists.findIndex((each) => each.output !== "rgb") : -1;
  if (chromatic >= 0) {
    await networks.close();
    throw new UserError(
      `router ${router.name}: --raw: expected networks that give RGB, got one that gives chroma for ${router.specialists[chromatic]!.class}`,
    );
  }
  return {
    name: `router ${router.name}`,
    close: networks.close,
    async choose(photograph, source) {
      const found = await route(router, networks, photograph.centre(router.size));
      if (explain) output.info(`${plainText(source)}: ${routeWords(router, found)}`);
      return { predictor: networks.specialists[found.place]!, note: noteOf(router, found.place) };
    },
  };
}

function noteOf({ specialists }: StoredRouter, place: number) {
  const { run, name, epoch } = specialists[place]!;
  return { program: `Hueristic ${ownVersion()}`, runId: run, runName: name, epoch };
}
