import { GlassformerError } from '../../base/errors.ts'

/** The error about bytes of a sound file that contradict its format. `offset` is the place of the fault in the file. */
export const formatError = (format: string, offset: number, what: string): GlassformerError =>
  new GlassformerError('ERR_AUDIO_FORMAT', `${format}, at byte ${offset}: ${what}`)

/** Samples a second that are read. Beyond them a number is a fault: no device records so. */
const LOWEST_RATE = 1000
const HIGHEST_RATE = 768_000

/** Channels of a file at most. */
export const MOST_CHANNELS = 256

/** @throws GlassformerError ERR_AUDIO_FORMAT for a rate that no sound has */
export function checkRate(format: string, offset: number, rate: number): void {
  if (!(rate >= LOWEST_RATE && rate <= HIGHEST_RATE))
    throw formatError(format, offset, `${rate} Hz is no rate of sound: it must be ${LOWEST_RATE} to ${HIGHEST_RATE}`)
}
