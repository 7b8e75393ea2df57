import { some } from '../../base/schema/settings.ts'
import { listenSettings, serviceSettings } from '../../service/serve/service/settings.ts'
import { loadSettings } from '../../use/translate/options/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

export const serveFlags = { ...listenSettings, ...serviceSettings }
export const modelFlags = some(
  loadSettings,
  'backend',
  'precision',
  'threads',
  'workers',
  'batchTokens',
  'tokenizer',
  'assistant',
  'adapter',
  'adapters',
  'download',
)

/** The arguments and flags of `glassformer serve`. */
export interface ServeCommandOptions extends Flagged<typeof serveFlags>, Flagged<typeof modelFlags> {
  model?: string[]
  apis?: string[]
  cors?: string[]
  hosts?: string[]
  /** A file of settings; flags override it. */
  settings?: string
}
