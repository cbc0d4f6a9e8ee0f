// Curves on a canvas: lines, a band between two, and marks at the edge for what is no number.

export type Points = { readonly x: ArrayLike<number>; readonly y: ArrayLike<number> };

/** value -> pixel */
export type Mapping = (value: number) => number;

export type LineStyle = {
  readonly color: string;
  readonly width: number;
  readonly dash?: readonly number[];
  readonly alpha?: number;
  readonly dots?: boolean;
};

/** Gaps stay gaps. */
export function drawLine(
  context: CanvasRenderingContext2D,
  { x, y }: Points,
  toX: Mapping,
  toY: Mapping,
  { color, width, dash = [], alpha = 1, dots = false }: LineStyle,
): void {
  context.strokeStyle = context.fillStyle = color;
  context.lineWidth = width;
  context.globalAlpha = alpha;
  context.setLineDash([...dash]);
  context.lineJoin = "round";
  context.beginPath();
  let isDown = false;
  for (let index = 0; index < x.length; index++) {
    const py = toY(y[index]!);
    if (!Number.isFinite(py)) {
      isDown = false;
      continue;
    }
    if (isDown) context.lineTo(toX(x[index]!), py);
    else context.moveTo(toX(x[index]!), py);
    isDown = true;
  }
  context.stroke();
  context.setLineDash([]);
  if (dots || isLonely(y)) drawDots(context, { x, y }, toX, toY, dots ? 2.5 : 3.5);
  context.globalAlpha = 1;
}

/** A curve of a single value would be no line. */
function isLonely(y: ArrayLike<number>): boolean {
  return y.length < 3 && Array.from(y).filter(Number.isFinite).length === 1;
}

function drawDots(
  context: CanvasRenderingContext2D,
  { x, y }: Points,
  toX: Mapping,
  toY: Mapping,
  radius: number,
): void {
  for (let index = 0; index < x.length; index++) {
    const py = toY(y[index]!);
    if (!Number.isFinite(py)) continue;
    context.beginPath();
    context.arc(toX(x[index]!), py, radius, 0, 7);
    context.fill();
  }
}

export type Band = { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> };

export function drawBand(
  context: CanvasRenderingContext2D,
  x: ArrayLike<number>,
  { low, high }: Band,
  toX: Mapping,
  toY: Mapping,
  color: string,
): void {
  context.fillStyle = color;
  context.globalAlpha = 0.18;
  context.beginPath();
  for (let index = 0; index < x.length; index++) context.lineTo(toX(x[index]!), toY(high[index]!));
  for (let index = x.length - 1; index >= 0; index--) context.lineTo(toX(x[index]!), toY(low[index]!));
  context.fill();
  context.globalAlpha = 1;
}

/**
 * A cross on the floor for "not a number", a triangle at the edge for an infinity, a bar on the floor of a logarithmic axis for
 * what is not above 0. At most 200 of a curve.
 */
export function drawMarks(
  context: CanvasRenderingContext2D,
  { x, y }: Points,
  toX: Mapping,
  area: { readonly top: number; readonly bottom: number },
  { color, isLog }: { readonly color: string; readonly isLog: boolean },
): void {
  let drawn = 0;
  context.strokeStyle = context.fillStyle = color;
  context.lineWidth = 1.5;
  for (let index = 0; index < x.length && drawn < 200; index++) {
    const value = y[index]!;
    const isBelow = isLog && value <= 0 && Number.isFinite(value);
    if (Number.isFinite(value) && !isBelow) continue;
    const px = toX(x[index]!);
    drawn++;
    context.beginPath();
    if (isBelow) context.fillRect(px - 3, area.bottom - 3, 6, 3);
    else if (Number.isNaN(value)) {
      const py = area.bottom - 5;
      context.moveTo(px - 3, py - 3);
      context.lineTo(px + 3, py + 3);
      context.moveTo(px + 3, py - 3);
      context.lineTo(px - 3, py + 3);
      context.stroke();
    } else {
      const [py, tip] = value > 0 ? [area.top + 8, -7] : [area.bottom - 8, 7];
      context.moveTo(px - 4, py);
      context.lineTo(px + 4, py);
      context.lineTo(px, py + tip);
      context.fill();
    }
  }
}
