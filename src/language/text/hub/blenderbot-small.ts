import { present } from '../../../base/present.ts'
import { JOINER, SubwordCodes } from '../moses/subword-codes.ts'
import { stripSpaces } from '../sentences/spaces.ts'
import { AddedTokens, specialToken } from './added-tokens.ts'
import type { Pipeline } from './pipeline.ts'
import type { SpecialNames } from './sentencepiece-pipeline.ts'
import { bare } from './template.ts'
import { withAdded } from './tokenizer-json.ts'
import type { Vocabulary } from './vocabulary.ts'

/** White space as Python has it. */
const SPACE = String.raw`\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`
const spaces = new RegExp(`[${SPACE}]{2,}`, 'g')

/** A word, and the line end behind it, where one follows at once. */
const words = new RegExp(`[^${SPACE}]+\\n?`, 'g')

/**
 * The tokenizer of the small Blenderbot: words in small letters without their punctuation, cut by the merges of
 * subword-nmt (`@@` where a word goes on). A line end behind a word becomes the word `__newln__`, which is cut like
 * any other. Nothing is added around a text.
 */
export function blenderbotSmallPipeline(
  vocabulary: Vocabulary,
  merges: string,
  { begin, end, unknown, padding, further, ids }: SpecialNames,
  where: string,
): Pipeline {
  const idOf = (token: string) => ids.get(token) ?? vocabulary.ids.get(token)
  const added = [...new Set([begin, end, unknown, padding, ...further, ...ids.keys()])].flatMap((token) => {
    const id = idOf(token)
    return id === undefined ? [] : [specialToken(token, id)]
  })
  const finder = new AddedTokens(added, (text) => text)
  const codes = new SubwordCodes(merges, where)
  const unknownId = idOf(unknown)
  return {
    tokens: withAdded(vocabulary.tokens, added),
    added,
    canCleanUp: true,
    template: bare,
    idsOf: (text) =>
      finder
        .split(text)
        .flatMap((part) =>
          'id' in part
            ? [part.id]
            : pieces(part.text, codes).map((piece) => vocabulary.ids.get(piece) ?? present(unknownId)),
        ),
    textOf: (tokens) => stripSpaces(tokens.join(' ').replaceAll(`${JOINER} `, '')),
  }
}

/** The pieces of a text: punctuation stands before a space of its own, and an apostrophe between two. */
const pieces = (text: string, codes: SubwordCodes): string[] =>
  (text.match(words) ?? []).flatMap((word) =>
    word
      .replace(/[.,!?()]/g, ' $&')
      .replaceAll("'", " ' ")
      .replace(spaces, ' ')
      .replaceAll('\n', ' __newln__')
      .split(' ')
      .filter((part) => part !== '')
      .flatMap((part) => codes.cut(part.toLowerCase())),
  )
