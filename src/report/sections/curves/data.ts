// A chart as the page's script gets it. Numbers are keys of `PageData.numbers`.

export type PanelData = {
  /** Of its canvas. */
  readonly id: string;
  readonly title: string;
  /** A value that is worth a line across; null for none. */
  readonly reference: number | null;
  /** Ends of the linear axis; null fits the curves. */
  readonly range: readonly [number, number] | null;
  /** Whether its curves are several series of one run, which have nothing to do with seeds. */
  readonly mixed: boolean;
  readonly curves: readonly CurveData[];
};

export type CurveData = {
  readonly label: string;
  /** Number of the run in the page: hidden with it. */
  readonly run: number;
  /** Position in the palette; null draws it thin and grey, as one of many. */
  readonly color: number | null;
  /** Whether it has a value for every step, or one for every epoch. */
  readonly every: "step" | "epoch";
  /** Steps of an epoch. */
  readonly per: number;
  readonly epoch: string;
  readonly seconds: string;
  readonly value: string;
};
