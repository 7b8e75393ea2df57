import type { AddedToken } from './added-tokens.ts'
import type { Template } from './template.ts'

/** Conversion from text to ids and back by the files of a folder, without the additions of the tokenizer's class. */
export interface Pipeline {
  /** The tokens by id, those of the vocabulary and the added ones; undefined for an id that has none. */
  readonly tokens: readonly (string | undefined)[]
  readonly added: readonly AddedToken[]
  /** The template of the files around texts. */
  readonly template: Template
  /** Whether `clean_up_tokenization_spaces` applies: Python ignores it for byte-pair encoding. */
  readonly canCleanUp: boolean
  /** The ids of a text without the template. */
  idsOf(text: string): number[]
  /** The text of tokens. */
  textOf(tokens: readonly string[], isSpecial: (token: string) => boolean): string
}
