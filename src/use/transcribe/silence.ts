import { HOP, type Stretch } from './jobs/sound-window.ts'

/** Samples whose mean square is below this are silence: −60 dB. */
const SILENCE = 1e-6

/** Whether all of these frames of a window are silent. */
export function isSilent({ samples, skip }: Stretch, from: number, to: number): boolean {
  const end = Math.min(samples.length, (skip + to) * HOP)
  for (let at = (skip + from) * HOP; at < end; at += HOP) {
    let sum = 0
    for (let i = at; i < Math.min(at + HOP, end); i++) sum += samples[i] * samples[i]
    if (sum > SILENCE * HOP) return false
  }
  return true
}
