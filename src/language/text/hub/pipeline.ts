import type { AddedToken } from './added-tokens.ts'
import type { Template } from './template.ts'

/** Text to ids and back as the files of a folder say, without what the class of the tokenizer adds. */
export interface Pipeline {
  /** The tokens by id, those of the vocabulary and the added ones; undefined for an id that has none. */
  readonly tokens: readonly (string | undefined)[]
  readonly added: readonly AddedToken[]
  /** What the files say stands around texts. */
  readonly template: Template
  /** Whether `clean_up_tokenization_spaces` counts: Python does not clean what byte-pair encoding has cut. */
  readonly canCleanUp: boolean
  /** The ids of a text without what stands around it. */
  idsOf(text: string): number[]
  /** The text of tokens. */
  textOf(tokens: readonly string[], isSpecial: (token: string) => boolean): string
}
