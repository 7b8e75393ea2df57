import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Weights, writeGlassformerFolder } from '#dist/index.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { modelConfig } from '../../learn/train/small-model.ts'
import { glassformer } from '../command.ts'

const scratch = scratchFolder()
const model = join(scratch, 'ids')
writeGlassformerFolder(model, { weights: new Weights(modelConfig), dtype: 'float32' })
const table = join(scratch, 'test.tsv')
writeFileSync(table, 'Merci.\tThanks.\nOui.\tYes.\nNon.\tNo.\n')
const output = join(scratch, 'int8')

test.each([
  [['translate', '--model', model]],
  [['translate', '--model', model, 'Merci.', 'Oui.']],
  [['evaluate', '--model', model, '--test', table]],
  [['quantize', model, '--to', 'int8', '--output', output, '--test', table]],
  [['shortlist', model, '--tsv', table]],
])('a model without a tokenizer is refused once, whatever the number of texts: %j', async (args) => {
  const { code, stdout, stderr } = await glassformer(args, 'Merci.\nOui.\nNon.\n')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^glassformer: ERR_OPTION: .*ids has no tokenizer, which texts need: .*\n$/)
  expect(existsSync(output)).toBe(false)
})

test('info says that a model has no tokenizer', async () => {
  expect((await glassformer(['info', '--model', model])).stdout).toContain(
    'tokenizer   none: it takes ids, not texts\n',
  )
  const { model: found } = JSON.parse((await glassformer(['info', '--model', model, '--json'])).stdout)
  expect(found.hasTokenizer).toBe(false)
})
