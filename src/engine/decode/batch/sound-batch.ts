import { GlassformerError } from '../../../base/errors.ts'
import type { TensorArray } from '../../backend/interface/backend.ts'
import type { SoundConfig } from '../../model/config/config.ts'
import { type Convolution, convolutionsOf, placesOf } from '../../model/stack/source-inputs.ts'

/** The ids in place of a sound's tokens, one for each state of the encoder: they only say how long the sound is. */
export const statesOf = (states: number): readonly number[] => new Array<number>(states).fill(0)

/** The states of a sound of so many frames; 0 or fewer for a sound that is too short. */
export function statesOfFrames(sound: SoundConfig, frames: number): number {
  const [near, halves] = convolutionsOf(sound)
  return placesOf(halves, placesOf(near, frames))
}

/**
 * A ragged batch of sounds, as the inputs of sound bind it: frames [F, mels] end to end, the rows that each place of the two convolutions reads,
 * and with `inverse` the places that read each row. `sounds` hold [frames, mels], `sources` an id for each of their states.
 * @throws GlassformerError ERR_INPUT
 */
export function soundBatch(
  sounds: readonly (Float32Array | undefined)[],
  sources: readonly (readonly number[])[],
  config: SoundConfig,
  inverse = false,
): { rows: Record<'F' | 'F.near', number>; arrays: Record<string, TensorArray> } {
  const { mels, positions } = config
  const [first, second] = convolutionsOf(config)
  const given = sounds.map((sound, b) => {
    const states = sources[b].length
    const frames = (sound?.length ?? 0) / mels
    if (!sound || statesOfFrames(config, frames) !== states || states > positions || !Number.isInteger(frames))
      throw new GlassformerError(
        'ERR_INPUT',
        `a sound for this model has frames of ${mels} values for up to ${positions} states, not ${sound?.length ?? 'no'} values for ${states}`,
      )
    return { sound, frames, middle: placesOf(first, frames), states }
  })
  const total = (count: (each: (typeof given)[number]) => number) => given.reduce((sum, each) => sum + count(each), 0)
  const rows = { F: total(({ frames }) => frames), 'F.near': total(({ middle }) => middle) }
  const values = new Float32Array(rows.F * mels)
  const near = new Int32Array(rows['F.near'] * first.taps).fill(-1)
  const halves = new Int32Array(total(({ states }) => states) * second.taps).fill(-1)
  let [frame, place, state] = [0, 0, 0]
  for (const { sound, frames, middle, states } of given) {
    values.set(sound, frame * mels)
    fill(near, first, { rows: frames, begin: frame, places: middle, at: place })
    fill(halves, second, { rows: middle, begin: place, places: states, at: state })
    frame += frames
    place += middle
    state += states
  }
  const arrays: Record<string, TensorArray> = { 'source.frames': values, 'source.near': near, 'source.halves': halves }
  if (config.front === 'gated') arrays['source.own'] = Int32Array.from({ length: state }, (_, i) => i)
  if (inverse) {
    arrays['source.near.inverse'] = inverseOf(near, rows.F, first.taps)
    arrays['source.halves.inverse'] = inverseOf(halves, rows['F.near'], second.taps)
  }
  return { rows, arrays }
}

/** The rows of one sound that each place reads: `rows` rows from `begin` on, `places` places from `at` on. */
function fill(
  index: Int32Array,
  { taps, stride, before }: Convolution,
  { rows, begin, places, at }: { rows: number; begin: number; places: number; at: number },
): void {
  for (let i = 0; i < places; i++)
    for (let tap = 0; tap < taps; tap++) {
      const read = stride * i + tap - before
      if (read >= 0 && read < rows) index[(at + i) * taps + tap] = begin + read
    }
}

/** For each of `rows` rows, the places of `index` that read it, −1 where there are fewer than taps. */
function inverseOf(index: Int32Array, rows: number, taps: number): Int32Array {
  const inverse = new Int32Array(rows * taps).fill(-1)
  const found = new Uint8Array(rows)
  index.forEach((row, place) => {
    if (row >= 0) inverse[row * taps + found[row]++] = place
  })
  return inverse
}
