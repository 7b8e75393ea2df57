import { GlassformerError } from '../../../base/errors.ts'
import type { TensorArray } from '../../backend/interface/backend.ts'
import type { SoundConfig } from '../../model/config/config.ts'
import { TAPS } from '../../model/stack/source-inputs.ts'

/** Frames of a log-mel spectrogram that the encoder makes one state of. */
export const FRAMES_OF_STATE = 2

/** The ids in place of a sound's tokens, one for each state of the encoder: they only say how long the sound is. */
export const statesOf = (states: number): readonly number[] => new Array<number>(states).fill(0)

/**
 * A ragged batch of sounds, as `soundInputs` binds it: frames [F, mels] end to end, the rows that each place of the two convolutions reads,
 * and with `inverse` the places that read each row. `sounds` hold [frames, mels], `sources` an id for each of their states.
 * @throws GlassformerError ERR_INPUT
 */
export function soundBatch(
  sounds: readonly (Float32Array | undefined)[],
  sources: readonly (readonly number[])[],
  { mels, positions }: SoundConfig,
  inverse = false,
): { frames: number; arrays: Record<string, TensorArray> } {
  const states = sources.map(({ length }) => length)
  const S = states.reduce((sum, own) => sum + own, 0)
  const frames = FRAMES_OF_STATE * S
  const values = new Float32Array(frames * mels)
  const near = new Int32Array(frames * TAPS).fill(-1)
  const halves = new Int32Array(S * TAPS).fill(-1)
  let [frame, state] = [0, 0]
  sounds.forEach((sound, b) => {
    const own = FRAMES_OF_STATE * states[b]
    if (!sound || sound.length !== own * mels || states[b] > positions)
      throw new GlassformerError(
        'ERR_INPUT',
        `a sound for this model has up to ${FRAMES_OF_STATE * positions} frames of ${mels} bins, not ${sound?.length ?? 'no'} values for ${own} frames`,
      )
    values.set(sound, frame * mels)
    for (let i = 0; i < own; i++)
      for (let tap = 0; tap < TAPS; tap++) {
        const read = i + tap - 1
        if (read >= 0 && read < own) near[(frame + i) * TAPS + tap] = frame + read
      }
    for (let i = 0; i < states[b]; i++)
      for (let tap = 0; tap < TAPS; tap++) {
        const read = FRAMES_OF_STATE * i + tap - 1
        if (read >= 0 && read < own) halves[(state + i) * TAPS + tap] = frame + read
      }
    frame += own
    state += states[b]
  })
  const arrays: Record<string, TensorArray> = { 'source.frames': values, 'source.near': near, 'source.halves': halves }
  if (inverse) {
    arrays['source.near.inverse'] = inverseOf(near, frames)
    arrays['source.halves.inverse'] = inverseOf(halves, frames)
  }
  return { frames, arrays }
}

/** For each of `rows` rows, the places of `index` that read it, −1 where there are fewer than TAPS. */
function inverseOf(index: Int32Array, rows: number): Int32Array {
  const inverse = new Int32Array(rows * TAPS).fill(-1)
  const found = new Uint8Array(rows)
  index.forEach((row, place) => {
    if (row >= 0) inverse[row * TAPS + found[row]++] = place
  })
  return inverse
}
