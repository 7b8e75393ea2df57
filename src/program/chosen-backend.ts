import { didYouMean } from '../did-you-mean.ts'
import { GlassformerError, shown } from '../errors.ts'

/** What may be asked for: 'auto' is native where it can be, else JavaScript. */
export const backendChoices = ['auto', 'native', 'js'] as const
export type BackendChoice = (typeof backendChoices)[number]

/** What to do where 'auto' has come to JavaScript. */
export const toBuildNative = 'To build the native backend: npx glassformer build'

/** The backend that an option names, else GLASSFORMER_BACKEND, else 'auto'. @throws GlassformerError ERR_OPTION */
export function chosenBackend(given: BackendChoice | undefined): BackendChoice {
  const backend = given === undefined ? ((process.env.GLASSFORMER_BACKEND || 'auto') as BackendChoice) : given
  if (!backendChoices.includes(backend))
    throw new GlassformerError(
      'ERR_OPTION',
      `backend${given === undefined ? ' (GLASSFORMER_BACKEND)' : ''} must be 'auto', 'native' or 'js', not ${shown(backend)}${didYouMean(backend, backendChoices)}`,
    )
  return backend
}
