export const scheduleKinds = ['noam', 'inverseSquareRoot', 'linear', 'cosine', 'constant', 'relative'] as const

/** The curve of the learning rate, after a linear warm-up of `warmup` steps. */
export interface ScheduleOptions {
  /**
   * - `noam`: peak · √warmup · min(step^−½, step · warmup^−1.5); with peak = (dModel · warmup)^−½ this is the paper's schedule, 5.3;
   * - `inverseSquareRoot`: peak · √(warmup / step) after the warm-up (fairseq), which is the same curve;
   * - `linear` and `cosine`: from the peak to `last` at step `total`;
   * - `constant`;
   * - `relative`: min(peak, step^−½), Adafactor's relative step with peak 1e-2 (1804.04235, 8).
   */
  kind: (typeof scheduleKinds)[number]
  /** The highest rate. */
  peak: number
  warmup: number
  /** Steps of the whole training; linear and cosine need it. */
  total: number
  /** The rate at the end of linear and cosine. */
  last: number
}

/** The paper's peak: dModel^−½ · warmup^−½. */
export const noamPeak = (dModel: number, warmup: number): number => (dModel * Math.max(1, warmup)) ** -0.5

/** The learning rate of a step, counted from 1. The warm-up rises to the first value of the curve. */
export function learningRate(options: ScheduleOptions, step: number): number {
  const { warmup } = options
  return step < warmup ? (curve(options, warmup) * step) / warmup : curve(options, step)
}

/** The learning rate after the warm-up. */
function curve({ kind, peak, warmup, total, last }: ScheduleOptions, step: number): number {
  if (kind === 'noam' || kind === 'inverseSquareRoot') return peak * Math.sqrt(Math.max(1, warmup) / step)
  if (kind === 'constant') return peak
  if (kind === 'relative') return Math.min(peak, step ** -0.5)
  const done = Math.min(1, (step - warmup) / Math.max(1, total - warmup))
  return last + (peak - last) * (kind === 'linear' ? 1 - done : 0.5 * (1 + Math.cos(Math.PI * done)))
}
