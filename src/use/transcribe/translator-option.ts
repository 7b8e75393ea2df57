import { isUrl } from '../../base/values/kind-of.ts'
import type { Translator } from '../translate/translator.ts'

/** The needed part of a translator; any object of Glassformer's that translates texts has it. */
export type SpeechTranslator = Pick<Translator, 'translate' | 'tokenizer' | 'model'>

/** The path of a folder, or its `file:` URL. */
export type Path = string | URL

export const isPath = (value: unknown): value is Path => typeof value === 'string' || isUrl(value)
