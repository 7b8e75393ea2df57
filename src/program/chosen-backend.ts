import { GlassformerError, shown } from '../errors.ts'
import type { PlayerChoice } from './create-player.ts'

/** The backend that an option names, else GLASSFORMER_BACKEND, else 'auto'. @throws GlassformerError ERR_OPTION */
export function chosenBackend(given: PlayerChoice['backend'] | undefined): PlayerChoice['backend'] {
  const backend = given ?? ((process.env.GLASSFORMER_BACKEND || 'auto') as 'auto')
  if (!['auto', 'native', 'js'].includes(backend))
    throw new GlassformerError(
      'ERR_OPTION',
      `backend${given === undefined ? ' (GLASSFORMER_BACKEND)' : ''} must be 'auto', 'native' or 'js', not ${shown(backend)}`,
    )
  return backend
}
