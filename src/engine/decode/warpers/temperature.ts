import type { Warper } from './warper.ts'

/** temperature (TemperatureLogitsWarper): score / T. */
export const temperature =
  (t: number): Warper =>
  (scores) => {
    for (let i = 0; i < scores.length; i++) scores[i] /= t
  }
