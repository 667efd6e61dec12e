/** The shapes of a funnel that runs downwards: pure, in percent of its width. */
export interface FunnelBar {
  /** How much of the width the step has. */
  readonly width: number;
  /** Behind it: what may still come, since no receipt tells of it. */
  readonly pending: number;
  /** The way from the step before it, as the points of an SVG polygon in a box of 100 by 100; "" for the first. */
  readonly way: string;
}

interface Stage {
  readonly n: number;
  readonly unconfirmed: number;
}

/** What exists at all can be seen: one in a million too. */
const leastWidth = 0.75;

/** The first stage is the whole: all others are drawn as parts of it, never wider. */
export function funnelBars(stages: readonly Stage[]): FunnelBar[] {
  const whole = Math.max(1, stages[0]?.n ?? 0);
  const part = (n: number): number =>
    n <= 0 ? 0 : Math.min(100, Math.max(leastWidth, (n / whole) * 100));
  return stages.map(({ n, unconfirmed }, index) => {
    const width = part(n);
    const pending = Math.min(100 - width, part(unconfirmed));
    const above = index === 0 ? null : part(stages[index - 1]?.n ?? 0);
    const way = above === null ? "" : `0,0 ${round(above)},0 ${round(width)},100 0,100`;
    return { width, pending, way };
  });
}

function round(percent: number): number {
  return Math.round(percent * 100) / 100;
}
