import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { embedTexts } from '#dist/cli/embed/run.js'
import { openVectors } from '#dist/cli/embed/vector-file.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

const scratch = scratchFolder()
const model = join(import.meta.dirname, '../../golden/encoders/st-dense/model')
const texts = join(scratch, 'texts.jsonl')
writeFileSync(texts, ['one', 'two', 'three'].map((text) => JSON.stringify({ text })).join('\n'))

it.each(['jsonl', 'npy', 'f32'])('%s: a run that was broken off goes on where it was', async (form) => {
  const [whole, broken] = ['whole', 'broken'].map((name) => join(scratch, `${name}.${form}`))
  await embedTexts(texts, { model, output: whole })
  await embedTexts(texts, { model, output: broken })
  const bytes = readFileSync(whole)
  truncateSync(broken, bytes.length - 10)
  await embedTexts(texts, { model, output: broken, resume: true })
  expect(readFileSync(broken)).toEqual(bytes)
  if (form === 'npy') expect(bytes.subarray(10, 128).toString()).toContain("'shape': (3, 24)")
})

it('does not write over a file', () => {
  const there = join(scratch, 'there.f32')
  writeFileSync(there, 'something')
  expect(() => openVectors(there, 'f32', 4, false)).toThrow(expect.objectContaining({ code: 'ERR_FILE' }))
})
