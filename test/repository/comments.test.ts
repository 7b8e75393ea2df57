import { describe, expect, test } from 'vitest'
import { committedFiles, readText } from './repository.ts'

const files = committedFiles()?.filter((path) => /\.(m?ts|tsx|mjs|cc|h|py)$/.test(path))

/** A comment that begins with one of these words: the house's name the thing first. */
const BEGINNING = /^\s*(?:\/\*\*?|\/\/|#)\s*\n?\s*\*?\s*(?:What|Of|Those that)\b[^?]*$/

describe.skipIf(!files)('comments', () => {
  test('name the thing first: none begins with What, Of or Those that, but for questions', () => {
    const found = files!.flatMap((path) => {
      const lines = readText(path).split('\n')
      const begins = lines.map((_, i) => lines.slice(i, i + 2).join('\n'))
      return lines.flatMap((line, i) => {
        const isAlone = /^\s*\/\*\*?\s*$/.test(line)
        if (/^\s*(?:\/\/|#)/.test(lines[i - 1] ?? '')) return []
        return BEGINNING.test(isAlone ? begins[i] : line) && !isQuestion(lines, i) ? [`${path}:${i + 1}`] : []
      })
    })
    expect(found).toEqual([])
  })
})

/** Whether a comment of several lines has a question mark before it ends. */
const isQuestion = (lines: readonly string[], from: number): boolean => {
  const end = lines.findIndex((line, i) => i >= from && line.includes('*/'))
  return lines.slice(from, Math.max(from, end) + 1).some((line) => line.includes('?'))
}
