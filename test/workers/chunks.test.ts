import { expect, it } from 'vitest'
import { CHUNK_SIZE, chunksOf, longestFirst } from '#dist/workers/requests/chunks.js'

it('sources are sorted by length, longest first, and equal ones keep their order', () => {
  expect(longestFirst(['bb', 'a', 'ccc', [1, 2], ''])).toEqual([2, 0, 3, 1, 4])
})

it('a chunk has as many of the next indices as fit, and a source larger than a chunk is a chunk of its own and counts as one', () => {
  const sizes = [CHUNK_SIZE / 2, CHUNK_SIZE / 2, 1, CHUNK_SIZE + 1, 1]
  const contents = { pairs: [] }
  const chunks = chunksOf(
    'score',
    [0, 1, 2, 3, 4],
    (i) => sizes[i],
    () => contents,
  )
  expect(chunks).toMatchObject([
    { indices: [0, 1], size: CHUNK_SIZE, contents },
    { indices: [2], size: 1, contents },
    { indices: [3], size: CHUNK_SIZE, contents },
    { indices: [4], size: 1, contents },
  ])
})
