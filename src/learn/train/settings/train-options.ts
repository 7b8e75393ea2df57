import { inOptions } from '../../../base/schema/place.ts'
import { type Given, read, settings } from '../../../base/schema/settings.ts'
import { abortSignal, integer, oneOf } from '../../../base/schema/types.ts'
import { backendSetting, chosenBackend } from '../../../engine/program/chosen-backend.ts'
import type { PlayerChoice } from '../../../engine/program/create-player.ts'

/** Options of running a training. */
export interface TrainOptions extends Given<typeof trainOptions> {}

/** The schema of the options of running a training. */
export const trainOptions = settings({
  backend: backendSetting,
  threads: {
    type: integer(1),
    optional: true,
    otherwise: 'one for each core, shared out among ranks',
    flag: '--threads <n>',
    says: 'threads of the kernels',
  },
  precision: {
    type: oneOf('auto', 'float32', 'bfloat16'),
    default: 'auto',
    otherwise: 'auto: bfloat16 where the processor has instructions for it',
    flag: '--precision <name>',
    says: 'of large matrix products; weights and sums are float32',
  },
  signal: {
    type: abortSignal,
    optional: true,
    says: 'stops after the step under way; what has been reached is saved',
  },
})

/**
 * The player that options ask for; the number of threads may be left open.
 * @throws GlassformerError ERR_OPTION, naming the option and its allowed values
 */
export function playerChoice(
  options: TrainOptions,
): Omit<PlayerChoice, 'threads'> & Partial<Pick<PlayerChoice, 'threads'>> {
  const { backend, threads, precision } = read(trainOptions, options, inOptions)
  return { backend: chosenBackend(backend), threads, products: precision }
}
