import { expect, test } from 'vitest'
import { errorCodes } from '#dist/base/errors.js'
import { committedFiles, readText } from './repository.ts'

test('docs/errors.md lists each error code once, in order, and no other', () => {
  const documented = Array.from(readText('docs/errors.md').matchAll(/^\| `(ERR_\w+)`/gm), ([, code]) => code)
  expect(documented).toEqual(errorCodes)
})

test('the addon has no codes of its own', (context) => {
  const files = committedFiles()?.filter((path) => /^native\/.*\.(cc|h)$/.test(path))
  context.skip(!files, 'no git checkout')
  const codes = files!.flatMap((path) => Array.from(readText(path).matchAll(/"(ERR_\w+)"/g), ([, code]) => code))
  expect(new Set(codes).size).toBeGreaterThan(3)
  expect(errorCodes).toEqual(expect.arrayContaining(codes))
})
