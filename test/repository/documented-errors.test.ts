import { expect, test } from 'vitest'
import { readText } from './repository.ts'

test('docs/errors.md lists each error code once, in order, and no other', () => {
  const codes = Array.from(readText('src/errors.ts').matchAll(/^ {2}\| '(ERR_\w+)'/gm), ([, code]) => code)
  const documented = Array.from(readText('docs/errors.md').matchAll(/^\| `(ERR_\w+)`/gm), ([, code]) => code)
  expect(codes.length).toBeGreaterThan(10)
  expect(documented).toEqual(codes)
})
