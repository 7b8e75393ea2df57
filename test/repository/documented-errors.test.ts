import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

test('docs/errors.md lists each error code once, in order, and no other', () => {
  const codes = Array.from(read('src/errors.ts').matchAll(/^ {2}\| '(ERR_\w+)'/gm), ([, code]) => code)
  const documented = Array.from(read('docs/errors.md').matchAll(/^\| `(ERR_\w+)`/gm), ([, code]) => code)
  expect(codes.length).toBeGreaterThan(10)
  expect(documented).toEqual(codes)
})
