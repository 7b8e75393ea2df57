import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readSentences } from '#dist/cli/lines/test-set.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

const path = join(scratchFolder(), 'lines.txt')

it.each([
  ['\\n', 'a\nb\n'],
  ['\\r\\n', 'a\r\nb\r\n'],
  ['\\n but for the last, after a byte order mark', '\ufeffa\nb'],
])('lines end with %s, which is not part of them', async (_, text) => {
  writeFileSync(path, text)
  expect(await readSentences(path)).toEqual({ path, lines: ['a', 'b'] })
})

it('an empty line is a line', async () => {
  writeFileSync(path, 'a\n\n\n')
  expect((await readSentences(path)).lines).toEqual(['a', '', ''])
})

it('lines that end with a carriage return alone are refused', async () => {
  writeFileSync(path, 'a\rb\r')
  await expect(readSentences(path)).rejects.toThrow(`${path}, line 1: it ends with \\r alone; save the file with \\n`)
  writeFileSync(path, 'a\r')
  expect((await readSentences(path)).lines).toEqual(['a'])
})
