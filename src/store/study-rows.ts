// Studies in which people judge pictures, as the rest of the program sees them. Pages read these types too: nothing of Node here.

/** "real": which of the two was colored by a program. "better": which of two colorings looks more natural. */
export type StudyQuestion = "real" | "better";

/** A network whose colorings are judged: a run at a step. */
export type StudyNetwork = { readonly runId: string; readonly step: number };

/** A pair of pictures of one photograph. Both networks null: the photograph and itself in wrong colors, a control. */
export type StudyPair = {
  /** As the page calls it; it means nothing. */
  readonly id: string;
  /** Place of the photograph in the order in which its data set is stored. */
  readonly index: number;
  /** Number of the network that colored one of the pictures; null is the wrong colors of a control. */
  readonly network: number | null;
  /** Number of the network that colored the other one; null is the photograph itself. */
  readonly against: number | null;
  /** Which of the page's two pictures is the first one's. */
  readonly place: 0 | 1;
};

type StudyHead = {
  readonly id: string;
  readonly question: StudyQuestion;
  /** Images, by their name among the run's sets, and by the fingerprint of their data set. */
  readonly set: string;
  readonly fingerprint: string;
  readonly seed: number;
  /** How long a pair is shown; null is until it is answered. */
  readonly shownMs: number | null;
};

export type NewStudy = StudyHead & {
  readonly networks: readonly StudyNetwork[];
  readonly pairs: readonly StudyPair[];
};

export type Study = StudyHead & {
  readonly createdAt: number;
  /** By their numbers; those of runs that were purged are gone, and so are their pairs. */
  readonly networks: readonly JudgedNetwork[];
  readonly pairs: readonly StudyPair[];
  /** How many pairs it had when it was made. */
  readonly pairsMade: number;
};

export type StudySummary = Pick<Study, "id" | "question" | "set" | "createdAt"> & {
  /** Pairs that networks are judged by, and all that a person is shown. */
  readonly tests: number;
  readonly pairs: number;
  /** How many people have judged. */
  readonly judges: number;
};

export type JudgedNetwork = StudyNetwork & {
  readonly number: number;
  readonly runName: string;
  readonly epoch: number;
};

/** `picture` is the one of the page's two that a person pointed at, `ms` after it came up. */
export type Judgement = { readonly pair: string; readonly picture: 0 | 1; readonly ms: number };

export type Judge = {
  /** A random word that the page made. */
  readonly id: string;
  /** As the person wrote it; "" for none. */
  readonly name: string;
  readonly judgements: readonly Judgement[];
};

export type SavedJudge = {
  /** false where the answers were there before. */
  readonly isNew: boolean;
  /** Answers about pairs that are gone, as a network of theirs was purged. */
  readonly leftOut: number;
};

/** A metric of one image by a network. */
export type ImageMetric = {
  readonly metric: string;
  readonly title: string;
  readonly better: "higher" | "lower";
  /** What values must have in common to be compared, as of a series. */
  readonly compares: string;
  /** Place of the image, as in a pair. */
  readonly index: number;
  readonly value: number;
};
