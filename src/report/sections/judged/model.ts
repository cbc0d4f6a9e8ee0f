// Studies that runs of the page take part in, and what people answered.

import { type Agreement, agreements } from "../../../judge/agreement.ts";
import {
  isControl,
  type NetworkScore,
  networkStrengths,
  type PersonScore,
  scoreControls,
  scoreNetworks,
  scorePeople,
} from "../../../judge/score-study.ts";
import type { Strength } from "../../../statistics/bradley-terry.ts";
import type { Share } from "../../../statistics/share-interval.ts";
import type { JudgedNetwork, Study } from "../../../store/study-rows.ts";
import type { PageContext } from "../../page-context.ts";
import type { JudgedStudy } from "../../read-report-runs.ts";

export type NetworkRow = NetworkScore & {
  readonly label: string;
  /** null where networks do not compare, and where it would have no bounds. */
  readonly strength: Strength | null;
  /** Without the people who are marked; null where nobody is, or everybody. */
  readonly withoutDoubtful: Share | null;
};

export type StudyModel = {
  readonly study: Study;
  readonly people: readonly PersonScore[];
  readonly controls: Share;
  /** Test pairs. */
  readonly pairs: number;
  /** Best first. */
  readonly networks: readonly NetworkRow[];
  readonly agreements: readonly Agreement[];
};

/** Oldest first; null where nobody has judged these runs. */
export function judgedStudies(context: PageContext): StudyModel[] | null {
  const studies = new Map(
    context.runs.flatMap(({ studies }) => studies.map((each) => [each.study.id, each] as const)),
  );
  const models = [...studies.values()]
    .sort((a, b) => a.study.createdAt - b.study.createdAt)
    .map((each) => studyModel(each, context))
    // Of two networks that were compared, one may be purged.
    .filter(({ pairs }) => pairs > 0);
  return models.length === 0 ? null : models;
}

function studyModel({ study, judges, metrics }: JudgedStudy, context: PageContext): StudyModel {
  const people = scorePeople(study, judges);
  const trusted = judges.filter((_, at) => !people[at]!.isDoubtful);
  const isSplit = trusted.length > 0 && trusted.length < judges.length;
  const others = isSplit ? scoreNetworks(study, trusted) : null;
  const strengths = networkStrengths(study, judges);
  const networks = scoreNetworks(study, judges).map((score, at) => ({
    ...score,
    label: labelOf(study.networks[at]!, context),
    strength: strengths?.[at] ?? null,
    withoutDoubtful: others?.[at]?.share ?? null,
  }));
  return {
    study,
    people,
    controls: scoreControls(study, judges),
    pairs: study.pairs.filter((pair) => !isControl(pair)).length,
    networks: networks.sort((a, b) => rank(b) - rank(a)),
    agreements: agreements(study, judges, metrics),
  };
}

function rank({ strength, share }: NetworkRow): number {
  return strength?.strength ?? share.share;
}

/** "faces, epoch 20": by the page's name of the run where it is on it. */
function labelOf({ runId, runName, epoch }: JudgedNetwork, { runs, names }: PageContext): string {
  const at = runs.findIndex(({ run }) => run.id === runId);
  const name = at < 0 || runs.length === 1 ? `${runName} (${runId})` : names[at]!;
  return `${name}, epoch ${Number(epoch.toFixed(2))}`;
}
