import { describe, expect, test } from 'vitest'
import { committedFiles, readText } from './repository.ts'

const files = committedFiles()?.filter((path) => /\.(m?ts|tsx|mjs|cc|h|py)$/.test(path))

/** A comment in slashes and stars. */
const BLOCK = /^[ \t]*\/\*\*?\s*(?:\*\s*)?((?:What|Of|Those that)\b[\s\S]*?)\*\//gm
/** The first line of a comment in lines. */
const LINE = /(?<!^[ \t]*(?:\/\/|#).*\n)^[ \t]*(?:\/\/|#)[ \t]*((?:What|Of|Those that)\b.*)/gm

describe.skipIf(!files)('comments', () => {
  test('name the thing first: none begins with What, Of or Those that, but for questions', () => {
    const found = files!.flatMap((path) => {
      const text = readText(path)
      return [BLOCK, LINE]
        .flatMap((pattern) => Array.from(text.matchAll(pattern), ([, comment]) => comment))
        .filter((comment) => !comment.includes('?'))
        .map((comment) => `${path}: ${comment}`)
    })
    expect(found).toEqual([])
  })
})
