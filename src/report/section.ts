// What a section of a page is. Every folder of sections/ has one, of the same shape, as a plotting library has its marks:
//   model.ts   runs in, what the section shows out; pure
//   html.ts    the section itself: its markup, what it gives to its script, its pictures and drawings
//   client.ts  `start`, which the page's script calls once: it looks for its own elements, and does nothing where there are none
//   style.css  its part of the style sheet
// The last three only where it needs them; sections.ts lists the folders.

import type { Html } from "./html.ts";
import type { PageContext } from "./page-context.ts";
import type { PageData } from "./page-data.ts";
import type { PictureNumbers } from "./pictures/picture-numbers.ts";
import type { Thinning } from "./pictures/thinning.ts";
import type { Panel } from "./sections/curves/panels.ts";

export type Figure = {
  /** Of its file, without the ending. */
  readonly name: string;
  readonly svg: Html;
};

/** `Options` is what a page may choose; all of it may be left out. */
export type Section<Model, Options = object> = {
  /** Element id; what a report definition calls it. */
  readonly id: string;
  readonly title: string;
  /** null where these runs have nothing of it. */
  model(context: PageContext, options: Partial<Options>): Model | null;
  html(model: Model, pictures: PictureNumbers): Html;
  /** What stands at the end of the page, such as a dialog. */
  foot?(model: Model): Html;
  /** For its script. */
  data?(model: Model, pictures: PictureNumbers): Partial<PageData>;
  /** Hashes of the pictures that it shows; null for a gap. */
  pictures?(model: Model): readonly (string | null)[];
  /** The same with fewer pictures. */
  thinned?(model: Model, thinning: Thinning): Model;
  /** Its charts: the page's script draws them, and `--png`. */
  panels?(model: Model): readonly Panel[];
  /** Drawings that are no charts; `--png` makes pictures of them. */
  figures?(model: Model): readonly Figure[];
};

/** A section with a page's options, about no runs yet. */
export type PlacedSection = {
  readonly id: string;
  build(context: PageContext): BuiltSection | null;
};

/** About some runs, without numbers for its pictures yet. */
export type BuiltSection = Pick<Section<never>, "id" | "title"> & {
  readonly pictures: readonly (string | null)[];
  readonly panels: readonly Panel[];
  readonly figures: readonly Figure[];
  render(pictures: PictureNumbers): RenderedSection;
  /** Itself where it has no pictures to leave out. */
  thinned(thinning: Thinning): BuiltSection;
};

export type RenderedSection = {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
  readonly foot: Html | null;
  readonly data: Partial<PageData>;
};

/** A function that pages list: `samples()`, or `samples({ everyEpoch: true })`. */
export function section<Model, Options = object>(
  spec: Section<Model, Options>,
): (options?: Partial<Options>) => PlacedSection {
  return (options = {}) => ({
    id: spec.id,
    build(context) {
      const model = spec.model(context, options);
      return model === null ? null : built(spec, model);
    },
  });
}

function built<Model, Options>(spec: Section<Model, Options>, model: Model): BuiltSection {
  const { id, title } = spec;
  let rendered: RenderedSection | null = null;
  return {
    id,
    title,
    pictures: spec.pictures?.(model) ?? [],
    panels: spec.panels?.(model) ?? [],
    figures: spec.figures?.(model) ?? [],
    render(pictures) {
      // Without pictures it is the same in every attempt to make the page fit.
      if (rendered !== null && spec.pictures === undefined) return rendered;
      rendered = {
        id,
        title,
        body: spec.html(model, pictures),
        foot: spec.foot?.(model) ?? null,
        data: spec.data?.(model, pictures) ?? {},
      };
      return rendered;
    },
    thinned(thinning) {
      return spec.thinned === undefined ? this : built(spec, spec.thinned(model, thinning));
    },
  };
}
