import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadFolder } from '#dist/files/folders/load.js'
import { readTrainConfig } from '#dist/learn/train/settings/config.js'
import { type TrainResult, train } from '#dist/learn/train/train.js'
import { nativeReasons } from '../../backends.ts'
import { newFolder, pairsFile, weightsOf } from './small-run.ts'

const root = fileURLToPath(new URL('../../golden/family-gradients/', import.meta.url))
const words = readFileSync(pairsFile(), 'utf8').split(/\s+/).filter(Boolean)

/** The pieces before the words, in the order of their ids. */
const special: Record<string, string[]> = {
  'longt5-tglobal': ['<pad>', '</s>', '<unk>'],
  switch: ['<pad>', '</s>', '<unk>'],
  led: ['<s>', '<pad>', '</s>', '<unk>'],
}

/** A folder of the hub: the small model of a family, and a tokenizer whose pieces are the words of the pairs. */
function hubFolder(family: string): string {
  const folder = newFolder()
  cpSync(`${root}${family}/model`, folder, { recursive: true })
  const pieces = [...new Set(words)].map((word, i) => [`▁${word}`, -2 - i / 100])
  const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true }
  const [end, id] = ['</s>', special[family].indexOf('</s>')]
  const tokenizer = {
    version: '1.0',
    added_tokens: special[family].map((content, id) => ({ id, content, special: true })),
    pre_tokenizer: metaspace,
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: end, type_id: 0 } }],
      pair: [],
      special_tokens: { [end]: { id: end, ids: [id], tokens: [end] } },
    },
    decoder: metaspace,
    model: {
      type: 'Unigram',
      unk_id: special[family].indexOf('<unk>'),
      vocab: [...special[family].map((piece) => [piece, 0]), ...pieces],
    },
  }
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer))
  const tokens = { pad_token: '<pad>', eos_token: end, unk_token: '<unk>' }
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(tokens))
  return folder
}

/** Trains with dropout, until the step is `until`. */
async function trained(from: string, folder: string, threads: number, until = Infinity): Promise<TrainResult> {
  const data = { train: { path: pairsFile() }, heldOut: 20 }
  const dropout = { dropout: 0.1, attentionDropout: 0.1, activationDropout: 0.1 }
  const training = { ...dropout, steps: 12, batchTokens: 300, learningRate: 0.01, saveEvery: 2 }
  const config = readTrainConfig({ from, data, training, validation: { every: 4, sentences: 2 } }, 'a test')
  const backend = nativeReasons.length ? 'js' : 'native'
  const controller = new AbortController()
  const step = (report: { step: number }) => report.step === until && controller.abort()
  return train(config, folder, { backend, threads, precision: 'float32', signal: controller.signal }, { step })
}

describe.each(['longt5-tglobal', 'led', 'switch'])('a folder of %s', (family) => {
  it('is trained further, into a folder of its family, to the same bits with two threads and after an end', async () => {
    const from = hubFolder(family)
    const first = await trained(from, newFolder(), 1)
    const further = await trained(first.model!, newFolder(), 1)
    expect(further.scores!.loss).toBeLessThan(first.scores!.loss)
    const json = (folder: string) => JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))
    expect(json(first.model!).model_type).toBe(json(from).model_type)
    expect(loadFolder(first.model!).config).toEqual(loadFolder(from).config)
    const folder = newFolder()
    await trained(from, folder, 2, 5)
    const resumed = await trained(from, folder, 2)
    expect(weightsOf(resumed.model!).equals(weightsOf(first.model!))).toBe(true)
  })
})
