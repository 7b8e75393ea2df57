import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { train } from '#dist/learn/train/train.js'
import { ModelInspector } from '#dist/look/inspect/index.js'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { pairsFile, smallConfig } from '../learn/train/small-run.ts'
import { glassformer } from './command.ts'

const scratch = scratchFolder()

it('latents writes codes, translates by a prior and measures both; info and inspect show them', async () => {
  const config = smallConfig({ training: { steps: 60, labelSmoothing: 0 } })
  const shape = { ...config.model!, latents: { every: 2, kind: 'vq', bits: 4 } }
  const { model } = await train({ ...config, model: shape } as typeof config, join(scratch, 'own'), {})
  const encoded = await glassformer(['latents', model!, '--encode', pairsFile(), '--no-progress'])
  expect(encoded).toMatchObject({ code: 0, stderr: '' })
  const lines = encoded.stdout.trim().split('\n')
  const pairs = readFileSync(pairsFile(), 'utf8').trim().split('\n')
  expect(lines).toHaveLength(pairs.length)
  expect(lines[0]).toMatch(/^un zéro zéro zéro\t[一-丏]( [一-丏])*$/)
  const codes = join(scratch, 'codes.tsv')
  writeFileSync(codes, encoded.stdout)
  const prior = await train(
    smallConfig({
      data: { train: { path: codes }, heldOut: 0 },
      vocabulary: { size: 80, sharing: 'separate' },
      training: { steps: 10 },
    }),
    join(scratch, 'prior'),
    {},
  )
  const translated = await glassformer(['latents', model!, '--prior', prior.model!, '--json'], 'un deux\ndeux\n')
  expect(translated.code).toBe(0)
  const found = translated.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(found).toHaveLength(2)
  expect(Object.keys(found[0])).toEqual(['text', 'codes', 'steps'])
  const test = join(scratch, 'test.tsv')
  writeFileSync(test, `${pairs.slice(0, 20).join('\n')}\n`)
  const back = await glassformer(['latents', model!, '--test', test])
  expect(back.stdout).toMatch(/BLEU[\s\S]*\ncodes +\d+ codes? of 16 used, perplexity \d/)
  const both = await glassformer(['latents', model!, '--prior', prior.model!, '--test', test, '--json'])
  expect(JSON.parse(both.stdout)).toMatchObject({ sentences: 20, all: 16, steps: expect.any(Number) })
  expect((await glassformer(['info', '--model', model!])).stdout).toMatch(
    /latents +an autoencoder: a code of 16 for 2 target tokens/,
  )
  const refused = await glassformer(['translate', '--model', model!, 'un'])
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('an autoencoder of translations') })
  expect((await glassformer(['latents', model!])).stderr).toContain(
    'give --encode, --prior to translate, --test, or --shared',
  )
  const shared = await glassformer(['latents', model!, '--shared', test])
  expect(shared, shared.stderr).toMatchObject({ code: 0 })
  const listed = shared.stdout.trim().split('\n')
  const counts = listed.map((line) => Number(line.split('\t')[1]))
  expect(counts).toEqual(counts.toSorted((a, b) => b - a))
  expect(Math.min(...counts)).toBeGreaterThan(1)
  // The codes of the first sentence, as --encode writes them, each stand where its tokens are in brackets.
  const [first] = lines[0].split('\t')[1].split(' ')
  const own = listed.map((line) => line.split('\t')).find(([code]) => Number(code) === first.codePointAt(0)! - 0x4e00)!
  expect(own[2].split(' | ')[0].replace(/[[\]]/g, '')).toBe(`${pairs[0].split('\t')[1]}</s>`)
  expect(own[2]).toMatch(/\[[^\]]+\]/)
  const refusedBoth = await glassformer(['latents', model!, '--shared', test, '--encode', test])
  expect(refusedBoth.stderr).toContain('give it alone')
  const inspector = ModelInspector.load(model!)
  const trace = inspector.inspect('un deux', { target: 'one two', tensors: ['**.weights', 'decoder.*.input'], lens: 1 })
  inspector.close()
  expect(trace.latents!.codes).toHaveLength(trace.target.ids.length / 2)
  expect(trace.tensors['decoder.0.selfAttention.weights'].shape).toEqual([2, ...Array(2).fill(trace.target.ids.length)])
  // The first token sees the last: nothing is masked.
  const { shape: rows, values } = trace.tensors['decoder.0.selfAttention.weights']
  expect(values[rows[2] - 1]).toBeGreaterThan(0)
  const page = join(scratch, 'page.html')
  const exported = await glassformer(['inspect', '--model', model!, 'un deux ||| one two', '--export', page])
  expect(exported).toMatchObject({ code: 0 })
  expect(readFileSync(page, 'utf8')).toContain('latents')
  expect((await glassformer(['inspect', '--model', model!, 'un deux', '--export', page])).stderr).toContain('|||')
}, 120_000)
