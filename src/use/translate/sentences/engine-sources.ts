import type { SourceIds } from '../../../base/choices/position-kinds.ts'
import type { Choosers } from '../../../engine/decode/search/index.ts'
import type { Turn } from '../../../engine/decode/turns/index.ts'
import type { SourceSettings } from '../options/generate-settings.ts'
import type { ResolvedTranslateOptions } from '../options/resolve-call.ts'
import type { Generated, Source, Translation } from '../translation/translation.ts'

/** One source to be translated. Sources of one `request` can be canceled together, and requests take turns. */
export interface SourceToTranslate {
  request: unknown
  turn?: Turn
  /** The arrival time of the request, set if the time to its first token is measured; see `Sentence`. */
  acceptedAt?: number
  source: Source
  options: ResolvedTranslateOptions
  done(translation: Translation): void
  /**
   * Called instead of `done` if a step could not make a translation from the search's results; the request has been
   * canceled by then.
   */
  fail(error: unknown): void
  /** Receives text as it becomes certain. */
  piece?(text: string): void
}

/** One source for `generate`. */
export interface SourceToGenerate {
  request: unknown
  turn?: Turn
  acceptedAt?: number
  /** Source ids, of which the end may be left out; or those of a picture. */
  source: SourceIds
  settings: SourceSettings
  choosers?: Choosers
  /** Receives the ids with which all possible results begin. */
  prefix?(ids: number[]): void
  done(found: Generated[]): void
  fail(error: unknown): void
}
