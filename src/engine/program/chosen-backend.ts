import { didYouMean } from '../../base/did-you-mean.ts'
import { GlassformerError, shown } from '../../base/errors.ts'
import type { Setting } from '../../base/schema/settings.ts'
import { oneOf } from '../../base/schema/types.ts'

/** The backends that an option may name: 'auto' is native where that works, else WebAssembly, else JavaScript. */
export const backendChoices = ['auto', 'native', 'wasm', 'js'] as const
export type BackendChoice = (typeof backendChoices)[number]

/** Advice for users for whom 'auto' has not found the native backend. */
export const toBuildNative = 'To build the native backend: npx glassformer build'

/** The backends to which 'auto' falls back, and how much slower than native they are. */
export const fallbacks = {
  wasm: 'WebAssembly, which is several times slower than native',
  js: 'plain JavaScript, which is tens of times slower than native',
} as const

/** The words of each backend for readers. */
export const backendNames = { native: 'native', wasm: 'WebAssembly', js: 'JavaScript' } as const

/** The setting that names the backend; everything that plays a program has this option. */
export const backendSetting = {
  type: oneOf(...backendChoices),
  optional: true,
  otherwise: 'auto, or GLASSFORMER_BACKEND',
  flag: '--backend <name>',
  says: 'the backend that runs the model: auto is native where it can be, else wasm, several times slower, else js, many times slower',
} as const satisfies Setting<BackendChoice>

/** The backend that an option names, else GLASSFORMER_BACKEND, else 'auto'. @throws GlassformerError ERR_OPTION */
export function chosenBackend(given: BackendChoice | undefined): BackendChoice {
  const backend: unknown = given ?? (process.env.GLASSFORMER_BACKEND || 'auto')
  const { type } = backendSetting
  if (!type.accepts(backend))
    throw new GlassformerError(
      'ERR_OPTION',
      `backend (GLASSFORMER_BACKEND) must be ${type.expected}, not ${shown(backend)}${didYouMean(backend, backendChoices)}`,
    )
  return backend
}
