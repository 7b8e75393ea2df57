import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { didYouMean } from '#dist/base/did-you-mean.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { convertFolder, Translator, writeGlassformerFolder, writeSafetensors } from '#dist/index.js'
import { corpusBleu, corpusChrf, readTrainConfig, sentenceBleu, sentenceChrf, train } from '#dist/learn/train/index.js'
import { glassformer } from './cli/command.ts'
import { scratchFolder } from './formats/raw-safetensors.ts'
import { quickest } from './use/translate/backend-names.ts'

const names = ['beams', 'alternatives', 'maxTokens', 'minTokens', 'split']

describe('the nearest name', () => {
  it.each([
    ['beam', ' (Did you mean beams?)'],
    ['baems', ' (Did you mean beams?)'],
    ['BEAMS', ' (Did you mean beams?)'],
    ['max_tokens', ' (Did you mean maxTokens?)'],
    ['mTokens', ' (Did you mean one of maxTokens, minTokens?)'],
    ['alternativs', ' (Did you mean alternatives?)'],
    ['temperature', ''],
    ['s', ''],
    ['', ''],
    [7, ''],
    ['beams'.repeat(100_000), ''],
  ])('%j: %j', (word, words) => expect(didYouMean(word, names)).toBe(words))
})

const scratch = scratchFolder()
const translator = await Translator.load(undefined, { backend: quickest, workers: 1 })
afterAll(() => translator.close())
const data = { train: { path: 'a.tsv' } }
const weights = () => new Weights(translator.model.config)

describe('the library asks as the command does', () => {
  it.each<[string, () => unknown, string]>([
    ['load', () => Translator.load(undefined, { thread: 1 } as never), 'threads'],
    ['a value of load', () => Translator.load(undefined, { precision: 'int-8' } as never), 'int8'],
    ['a backend', () => Translator.load(undefined, { backend: 'natvie' } as never), 'native'],
    ['translate', () => translator.translate('Oui.', { alternative: 2 } as never), 'alternatives'],
    ['a value of translate', () => translator.translate('Oui.', { split: 'allways' } as never), 'always'],
    ['a word beside flags', () => translator.translate('Oui.', { earlyStopping: 'nevr' } as never), 'never'],
    ['a form', () => translator.translate('Oui.', { lengthPenaltyForm: 'powr' } as never), 'power'],
    ['translateSync', () => translator.translateSync('Oui.', { lengthPenality: 2 } as never), 'lengthPenalty'],
    ['stream', () => translator.stream('Oui.', { max_tokens: 2 } as never).next(), 'maxTokens'],
    ['score', () => translator.score([], { signall: undefined } as never), 'signal'],
    ['train', () => train(readTrainConfig({ data }, 's'), 'run', { thread: 1 } as never), 'threads'],
    [
      'a value of train',
      () => train(readTrainConfig({ data }, 's'), 'run', { precision: 'float' } as never),
      'float32',
    ],
    ['settings', () => readTrainConfig({ data, trainning: {} }, 's'), 'training'],
    ['settings within', () => readTrainConfig({ data, training: { batch_tokens: 9 } }, 's'), 'batchTokens'],
    ['a value of settings', () => readTrainConfig({ data, training: { schedule: 'nom' } }, 's'), 'noam'],
    ['a corpus', () => readTrainConfig({ data: { train: { path: 'a', sourceColum: 1 } } }, 's'), 'sourceColumn'],
    ['a format', () => readTrainConfig({ data: { train: { path: 'a', format: 'json' } } }, 's'), 'jsonl'],
    ['convertFolder', () => convertFolder('a', 'b', 'float-16' as never), 'float16'],
    ['corpusBleu', () => corpusBleu(['a'], [['a']], { tokenise: 'none' } as never), 'tokenize'],
    ['a tokenizer of BLEU', () => sentenceBleu('a', ['a'], { tokenize: 'chars' } as never), 'char'],
    ['corpusChrf', () => corpusChrf(['a'], [['a']], { wordsOrder: 2 } as never), 'wordOrder'],
    ['sentenceChrf', () => sentenceChrf('a', ['a'], { characterorder: 2 } as never), 'characterOrder'],
    [
      'writeGlassformerFolder',
      () => writeGlassformerFolder('a', { weights: weights(), dtype: 'float32', tokeniser: {} } as never),
      'tokenizer',
    ],
    [
      'a tokenizer to be written',
      () =>
        writeGlassformerFolder('a', {
          weights: weights(),
          dtype: 'float32',
          tokenizer: { kind: 'words', source: 'a', joinr: '' } as never,
        }),
      'joiner',
    ],
    [
      'writeSafetensors',
      () => writeSafetensors('a', [{ name: 'a', shape: [0], dtype: 'f32' as never, values: new Float32Array(0) }]),
      'F32',
    ],
    ['a model', () => new Weights({ ...translator.model.config, activation: 'gleu' as never }), 'gelu'],
  ])('%s', async (_, call, meant) => {
    await expect((async () => call())()).rejects.toThrow(new RegExp(` \\(Did you mean ${meant}\\?\\)$`))
  })

  it.each<[string, object, RegExp]>([
    ['an unknown key', { maxlenght: 9 }, / \(Did you mean maxLength\?\)$/],
    [
      'a key that is missing, and stands there otherwise',
      { dModel: undefined, d_model: 8 },
      /unknown key d_model; known here: .* \(Did you mean dModel\?\)$/,
    ],
    ['a value', { activation: 'rulu' }, / \(Did you mean relu\?\)$/],
    ['a layout', { model_type: 'glasformer' }, / \(Did you mean glassformer\?\)$/],
    ['an option of the search', { generation: { beems: 2 } }, / \(Did you mean beams\?\)$/],
  ])('config.json: %s', async (_, changes, message) => {
    const folder = mkdtempSync(join(scratch, 'edited-'))
    const json = { model_type: 'glassformer', ...translator.model.config, ...changes }
    writeFileSync(join(folder, 'config.json'), JSON.stringify(json))
    writeFileSync(join(folder, 'model.safetensors'), '')
    await expect(Translator.load(folder)).rejects.toThrow(message)
  })
})

describe('the command', () => {
  it.each([
    [['translate', '--beems', '2', 'Oui.'], "unknown option '--beems' (Did you mean --beams?)"],
    [['evaluate', '--hypothesis', 'a'], "unknown option '--hypothesis' (Did you mean --hypotheses?)"],
    [['trian'], "unknown command 'trian' (Did you mean train?)"],
    [['help', 'qantize'], "unknown command 'qantize' (Did you mean quantize?)"],
    [
      ['info', '--precision', 'in8'],
      "argument 'in8' is invalid (Did you mean int8?). Allowed choices are auto, float32, bfloat16, int8, int4.",
    ],
    [
      ['train', '--norm', 'prae'],
      "argument 'prae' is invalid (Did you mean pre?). Allowed choices are post, postFinal, pre.",
    ],
  ])('%j', async (args, message) => {
    const { code, stderr } = await glassformer(args)
    expect(code).toBe(2)
    expect(stderr.split('\n')[0]).toContain(message)
  })
})
