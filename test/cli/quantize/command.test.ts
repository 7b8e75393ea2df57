import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { Weights } from '#dist/engine/weights/weights.js'
import { convertFolder } from '#dist/files/folders/convert.js'
import { writeGlassformerFolder } from '#dist/files/folders/glassformer.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { nativeReasons } from '../../backends.ts'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { ended, glassformer, start } from '../command.ts'

const scratch = scratchFolder()
const embedded = fileURLToPath(new URL('../../../models/fr-en', import.meta.url))
/** The embedded model in float16. */
const model = join(scratch, 'model')
convertFolder(embedded, model, 'float16')
const table = join(scratch, 'test.tsv')
const pairs = [
  ['Je suis étudiant.', 'I am a student.'],
  ['Merci.', 'Thank you.'],
  ['Où est la gare ?', 'Where is the station?'],
  ['Il fait froid ce matin.', "It's cold this morning."],
]
writeFileSync(table, pairs.map((pair) => `${pair.join('\t')}\n`).join(''))

const scores =
  /test\.tsv: BLEU \d+\.\d\d before, \d+\.\d\d after: [+-]\d+\.\d\d; chrF \d+\.\d\d before, \d+\.\d\d after: [+-]\d+\.\d\d$/

describe('glassformer quantize', () => {
  test.skipIf(nativeReasons.length || process.platform === 'win32')(
    'writes the packed weights into the cache, which the next process maps',
    async () => {
      const output = join(scratch, 'kept')
      const env = { GLASSFORMER_CACHE: join(scratch, 'cache') }
      const args = ['quantize', model, '--to', 'int8', '--output', output, '--mapped', 'always']
      const { code, stdout } = await ended(start(args, { env }))
      expect(code).toBe(0)
      const packed = /^packed weights, which processes share: (.*\.packed)$/m.exec(stdout)![1]
      const { ino } = statSync(packed)
      const translate = ['translate', '--model', output, '--mapped', 'always', '--workers', '1', 'Je suis étudiant.']
      expect(await ended(start(translate, { env }))).toMatchObject({ code: 0, stdout: 'I am a student.\n' })
      expect(statSync(packed).ino).toBe(ino)
      const again = await ended(start([...args.slice(0, -2), '--force', '--json', '--mapped', 'never'], { env }))
      expect(JSON.parse(again.stdout).packed).toBe(null)
    },
  )

  test('writes the model in int4, whose embedding is int8, and prints sizes and the loss in BLEU and chrF', async () => {
    const output = join(scratch, 'int4')
    const args = ['quantize', model, '--to', 'int4', '--output', output, '--test', table, '--beams', '1']
    const { code, stdout, stderr } = await glassformer(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [, after, test] = stdout.trimEnd().split('\n')
    expect(after).toMatch(/int4: int4, 7\.\d MB, 3\d % of it$/)
    expect(test).toMatch(scores)
    const { weights } = loadFolder(output)
    expect(weights.encoding).toBe('int4')
    expect(weights.place('embedding.weight').encoding).toBe('int8')
    expect(weights.place('encoder.0.selfAttention.queryKeyValue.weight').encoding).toBe('int4')
    expect(weights.values).toEqual(loadFolder(model, { precision: 'int4' }).weights.values)
    expect((await glassformer(['translate', '--model', output, 'Merci.'])).stdout).toBe('Thank you.\n')
    const again = join(scratch, 'again-int4')
    convertFolder(output, again, 'int4')
    expect(loadFolder(again).weights.values).toEqual(weights.values)
    convertFolder(output, again, 'float32')
    expect(loadFolder(again, { precision: 'int4' }).weights.values).toHaveLength(weights.values.length)
  })

  test('writes the model in int8, and prints sizes and the loss in BLEU', async () => {
    const output = join(scratch, 'int8')
    const args = ['quantize', model, '--to', 'int8', '--output', output, '--test', table, '--beams', '1']
    const { code, stdout, stderr } = await glassformer(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [before, after, bleu] = stdout.trimEnd().split('\n')
    expect(before).toBe(`${model}: float16, 19.9 MB`)
    expect(after).toMatch(/int8: int8, 10\.\d MB, 5\d % of it$/)
    expect(bleu).toMatch(scores)
    const { weights, tokenizer } = loadFolder(output)
    expect(weights.encoding).toBe('int8')
    expect(tokenizer.kind).toBe('marian')
    expect(existsSync(join(output, 'README.md'))).toBe(false)
    expect((await glassformer(['translate', '--model', output, 'Merci.'])).stdout).toBe('Thank you.\n')
    expect((await glassformer(['info', '--model', output])).stdout).toMatch(
      /stored as +int8, 10\.\d MB(.|\n)*precision +int8/,
    )
  })

  test('--json prints sizes and scores as an object', async () => {
    const output = join(scratch, 'bfloat16')
    const args = ['quantize', model, '--to', 'bfloat16', '--output', output, '--json', '--test', table]
    const found = JSON.parse((await glassformer(args)).stdout)
    expect(found).toMatchObject({
      before: { folder: model, storedAs: 'float16', bytes: 19858880 },
      after: { folder: output, storedAs: 'bfloat16', bytes: 19858880 },
      tests: [{ test: table }],
    })
    const [{ before, after, difference }] = found.tests
    expect(difference).toBe(after - before)
  })

  test('--tokenize says how BLEU cuts words', async () => {
    const glued = join(scratch, 'glued.tsv')
    writeFileSync(glued, pairs.map(([source, target]) => `${source}\t${target.replaceAll(' ', '')}\n`).join(''))
    const bleu = async (...options: string[]) => {
      const args = ['quantize', model, '--to', 'float16', '--output', join(scratch, 'again'), '--force', '--json']
      const { tests } = JSON.parse((await glassformer([...args, '--test', glued, ...options])).stdout)
      return tests[0].after
    }
    expect(await bleu()).toBeLessThan(20)
    expect(await bleu('--tokenize', 'char')).toBeGreaterThan(90)
  })

  test('does not overwrite a model without --force', async () => {
    const output = join(scratch, 'float16')
    const args = ['quantize', model, '--to', 'float16', '--output', output]
    expect((await glassformer(args)).code).toBe(0)
    expect(await glassformer(args)).toMatchObject({ code: 1, stderr: expect.stringMatching(/ERR_OPTION.*--force/) })
    expect((await glassformer([...args, '--force'])).code).toBe(0)
  })

  test('writes nothing where the test file or the model cannot be read', async () => {
    const output = join(scratch, 'nothing')
    const args = (model: string, test: string) => ['quantize', model, '--to', 'int8', '-o', output, '--test', test]
    expect(await glassformer(args(embedded, join(scratch, 'none.tsv')))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/ERR_FILE.*none\.tsv/),
    })
    mkdirSync(join(scratch, 'empty'), { recursive: true })
    expect(await glassformer(args(join(scratch, 'empty'), table))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/ERR_FILE.*config\.json/),
    })
    expect(existsSync(output)).toBe(false)
  })

  test.for([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends it with status %i, and leaves no part of the model', async ([signal, status]) => {
    const large = join(scratch, 'large')
    const config = { ...loadFolder(model).config, sourceVocabulary: 60_000, targetVocabulary: 60_000 }
    writeGlassformerFolder(large, { weights: new Weights(config), dtype: 'float32' })
    const output = join(scratch, signal)
    const child = start(['quantize', large, '--to', 'bfloat16', '--output', output])
    const result = ended(child)
    while (!existsSync(output)) await new Promise((resolve) => setTimeout(resolve, 1))
    child.kill(signal) // all weights are to be converted and written still
    expect(await result).toEqual({ code: status, stdout: '', stderr: '' })
    expect(readdirSync(output)).toEqual([])
  })

  test('options of the translation without --test, and a wrong dtype, are wrong usage', async () => {
    const args = ['quantize', embedded, '--output', join(scratch, 'wrong'), '--to']
    expect(await glassformer([...args, 'int8', '--beams', '2'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--beams is for measuring: give --test too'),
    })
    expect(await glassformer([...args, 'int8', '--tokenize', 'char'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--tokenize is for measuring: give --test too'),
    })
    expect(await glassformer([...args, 'int3'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Allowed choices are float32, float16, bfloat16, int8, int4'),
    })
  })
})
