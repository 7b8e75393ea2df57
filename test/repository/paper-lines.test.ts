import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readText } from './repository.ts'

/** The files that read like section 3 of the paper; other kinds of layers and positions stand in files of their own. */
const PAPER = [
  'embedding',
  'positions/sinusoids',
  'attention',
  'layers',
  'add-and-norm',
  'feed-forward',
  'encoder',
  'decoder',
  'transformer',
]

test('the paper in code has at most 500 lines', () => {
  const lines = PAPER.map(
    (name) =>
      readText(join('src/engine/model', `${name}.ts`))
        .trimEnd()
        .split('\n').length,
  )
  expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(500)
})
