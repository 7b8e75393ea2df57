import { expect, test } from 'vitest'
import { fitted, harmless, widthOf } from '#dist/cli/terminal/width.js'

test.each([
  ['abc', 3],
  ['é', 1],
  ['e\u0301', 1],
  ['東京', 4],
  ['한글', 4],
  ['😀', 2],
  ['👩‍👩‍👧‍👦', 2],
  ['❤️', 2],
  ['مرحبا', 5],
  ['', 0],
])('%s takes %i columns', (text, columns) => {
  expect(widthOf(text)).toBe(columns)
})

test.each([
  ['abc', 5, 'abc  '],
  ['abcdef', 4, 'abc…'],
  ['東京都', 4, '東… '],
  ['東京', 4, '東京'],
])('%s in %i columns', (text, columns, shown) => {
  expect(fitted(text, columns)).toBe(shown)
})

test('characters that move the cursor or change the direction of letters become dots', () => {
  expect(harmless('a\x1b[2Jb\u202ec\td')).toBe('a·[2Jb·c·d')
})
