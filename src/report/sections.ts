// All sections, each in the folder of its name. Their styles come in this order, after those that all pages share.

import { about } from "./sections/about/html.ts";
import { again } from "./sections/again/html.ts";
import { configurations } from "./sections/configurations/html.ts";
import { curves } from "./sections/curves/html.ts";
import { differences } from "./sections/differences/html.ts";
import { emergence } from "./sections/emergence/html.ts";
import { events } from "./sections/events/html.ts";
import { health } from "./sections/health/html.ts";
import { heat } from "./sections/heat/html.ts";
import { importance } from "./sections/importance/html.ts";
import { judged } from "./sections/judged/html.ts";
import { matrix } from "./sections/matrix/html.ts";
import { parallel } from "./sections/parallel/html.ts";
import { provenance } from "./sections/provenance/html.ts";
import { samples } from "./sections/samples/html.ts";
import { system } from "./sections/system/html.ts";
import { table } from "./sections/table/html.ts";
import { text } from "./sections/text/html.ts";
import { timelines } from "./sections/timelines/html.ts";
import { trials } from "./sections/trials/html.ts";

export const sections = {
  text,
  curves,
  samples,
  judged,
  table,
  parallel,
  importance,
  heat,
  configurations,
  trials,
  matrix,
  differences,
  timelines,
  emergence,
  health,
  system,
  events,
  provenance,
  again,
  about,
};
