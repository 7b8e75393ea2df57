import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { glassformer } from '../command.ts'

const golden = fileURLToPath(new URL('../../golden/more/gpt2-text/', import.meta.url))
const model = `${golden}model`
const { cases } = JSON.parse(readFileSync(`${golden}expected.json`, 'utf8'))
const scratch = scratchFolder()

test('generate goes on with texts, as arguments and as lines', async () => {
  const prompts: string[] = [cases[0].prompt, cases[3].prompt]
  const expected = [cases[0], cases[3]].map(({ prompt, text }) => text.slice(prompt.length))
  const given = ['generate', '--model', model, '--max-tokens', '14', '--precision', 'float32']
  expect(await glassformer([...given, ...prompts])).toEqual({ code: 0, stdout: `${expected.join('\n')}\n`, stderr: '' })
  const { stdout } = await glassformer([...given, '--json'], `${prompts.join('\n')}\n`)
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).text),
  ).toEqual(expected)
})

test('evaluate --perplexity tells loss, perplexity and bits', async () => {
  const [first] = cases
  const file = join(scratch, 'texts.txt')
  writeFileSync(file, `${first.prompt}\nHe\n`)
  const given = ['evaluate', '--perplexity', file, '--model', model, '--precision', 'float32']
  const told = JSON.parse((await glassformer([...given, '--json'])).stdout)
  expect(told).toMatchObject({ texts: 1, skipped: 1, tokens: first.ids.length - 1 })
  expect(told.loss).toBeCloseTo(first.loss, 4)
  expect(told.bits).toBeCloseTo(first.loss / Math.LN2, 4)
  expect((await glassformer(given)).stdout).toMatch(
    /^perplexity 3\.88\d \(loss 1\.35\d+\) over 7 tokens of 1 text; 1 text of one token left out\nbits /,
  )
  const wrong = await glassformer(['evaluate', '--perplexity', file])
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('--perplexity needs --model') })
})

test('train counts texts, which are no pairs', async () => {
  const [file, settings] = ['lines.txt', 'settings.json'].map((name) => join(scratch, name))
  writeFileSync(file, Array.from({ length: 24 }, (_, i) => `a b ${i % 3 ? 'a' : 'b'} c${i}\n`).join(''))
  const small = {
    data: { train: { format: 'text', path: file }, heldOut: 2 },
    vocabulary: { type: 'words', size: 40 },
    model: { dModel: 8, decoderLayers: 1, heads: 2, dFeedForward: 16 },
    training: { steps: 2 },
  }
  writeFileSync(settings, JSON.stringify(small))
  const { code, stderr } = await glassformer(['train', settings, '--output', join(scratch, 'run'), '--threads', '1'])
  expect(stderr).toContain('reading the corpus …\n')
  expect(stderr).toContain('24 texts, 24 of them kept, 2 to measure with')
  expect(code).toBe(0)
})

test('info, listing, quantize, convert and inspect take such a model', async () => {
  expect((await glassformer(['info', '--model', model])).stdout).toMatch(
    /decoder +2 layers of 3 heads × 8.*without an encoder/,
  )
  expect((await glassformer(['listing', '--model', model])).stdout).toMatch(/^step · /)
  expect((await glassformer(['listing', '--model', model, '--part', 'encoder'])).stderr).toContain('ERR_OPTION')
  const [small, own, page] = ['small', 'own', 'page.html'].map((name) => join(scratch, name))
  expect(await glassformer(['quantize', model, '--to', 'int8', '--output', small])).toMatchObject({ code: 0 })
  expect(await glassformer(['convert', small, '--to', 'glassformer', '--output', own])).toMatchObject({ code: 0 })
  for (const folder of [small, own]) {
    const { code, stdout } = await glassformer(['generate', '--model', folder, '--max-tokens', '3', 'He'])
    expect({ code, isText: stdout.trim().length > 0 }).toEqual({ code: 0, isText: true })
  }
  expect(await glassformer(['inspect', '--model', model, '--export', page, 'He was'])).toMatchObject({ code: 0 })
  expect(readFileSync(page, 'utf8')).toContain('"given":')
  const figure = await glassformer(['figure', 'attention', 'He was', '--model', model, '--kind', 'decoder', '-o', '-'])
  expect(figure.stdout).toMatch(/^<svg/)
})
