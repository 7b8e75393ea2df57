import { onFirstUse } from '../../../base/on-first-use.ts'

/**
 * The grapheme clusters of a text. A character below U+0300 is a cluster, except in "\r\n" and beside a character from
 * U+0300 on, so that common Latin texts need no Intl.Segmenter.
 */
export function* graphemesOf(text: string): Generator<string> {
  let at = 0
  for (const { 0: run, index } of text.matchAll(JOINING)) {
    yield* simpleOf(text.slice(at, index))
    for (const { segment } of segmenter().segment(run)) yield segment
    at = index + run.length
  }
  yield* simpleOf(at === 0 ? text : text.slice(at))
}

const JOINING = /[\0-\u02ff]?(?:[\u0300-\uffff]+[\0-\u02ff]?)+/g

const simpleOf = (text: string): Iterable<string> => (text.includes('\r\n') ? (text.match(/\r\n|[\s\S]/g) ?? []) : text)

const segmenter = onFirstUse(() => new Intl.Segmenter('und', { granularity: 'grapheme' }))
