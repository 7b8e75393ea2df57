import type { Choosers } from '../../../engine/decode/processors/index.ts'
import type { Turn } from '../../../engine/decode/turns/index.ts'
import type { ResolvedTranslateOptions } from '../calls/resolve-translate-options.ts'
import type { SourceSettings } from '../generate-settings.ts'
import type { Generated, Source, Translation } from '../translation.ts'

/** One source to be translated. Sources of one `request` can be canceled together, and requests take turns. */
export interface SourceToTranslate {
  request: unknown
  turn?: Turn
  /** When the request was accepted, where the time to its first token is to be counted; see `Sentence`. */
  accepted?: number
  source: Source
  options: ResolvedTranslateOptions
  done(translation: Translation): void
  /** Called instead of `done` when a step could not make a translation of what the search found; the request has been canceled by then. */
  fail(error: unknown): void
  /** Receives text as it becomes certain. */
  piece?(text: string): void
}

/** One source to be generated from. */
export interface SourceToGenerate {
  request: unknown
  turn?: Turn
  accepted?: number
  /** Source ids; the end may be left out. */
  source: readonly number[]
  settings: SourceSettings
  choosers?: Choosers
  /** Is told the ids with which all that can still be found begins. */
  prefix?(ids: number[]): void
  done(found: Generated[]): void
  fail(error: unknown): void
}
