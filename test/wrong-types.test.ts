import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it, test } from 'vitest'
import * as glassformer from '#dist/index.js'
import * as training from '#dist/learn/train/index.js'
import { scratchFolder } from './formats/raw-safetensors.ts'
import { quickest } from './use/translate/backend-names.ts'

// Values that JavaScript without types may pass to a function of the package, on purpose or not.
const circular: Record<string, unknown> = {}
circular.self = circular
/** A revoked proxy, on which every operation throws. */
function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}
function detached<T extends ArrayBufferView>(view: T): T {
  structuredClone(view, { transfer: [view.buffer as ArrayBuffer] })
  return view
}
const refusing = {
  get: () => {
    throw new TypeError('not to be read')
  },
  ownKeys: () => {
    throw new TypeError('not to be listed')
  },
}

const oddValues: unknown[] = [
  ...[undefined, null, 0, 1, -1, 1.5, Number.NaN, Infinity, 2 ** 53, 10n, true, '', 'x', 'a\0b', Symbol('s'), () => 1],
  ...[{}, Object.create(null), circular, new Date(0), new Map(), new Proxy({}, {}), new Proxy([], {}), { name: 1 }],
  ...[[], [undefined], new Array(2), ['a', undefined], [[]], [[1]], [null], [10n], [Symbol('s')], [circular], [{}]],
  ...[new Float32Array(2), new Int8Array(3), Buffer.from('x'), new Error('two\nlines')],
  ...[revoked({}), revoked([]), revoked(() => 1), [revoked({})], [revoked([])], { name: revoked([]) }],
  ...[new Proxy({ name: 1 }, refusing), new Proxy([1], refusing), [new Proxy([1], refusing)], { [Symbol('s')]: 1 }],
  ...[detached(new Float32Array(2)), detached(new Int8Array(3)), detached(new Uint8Array(8)), Object(Symbol('s'))],
]

/** A hub where nobody listens, which is reached without a proxy. */
const NOBODY = 'http://127.0.0.1:1'
Object.assign(process.env, { HF_ENDPOINT: NOBODY, NO_PROXY: '*', no_proxy: '*' })

const scratch = scratchFolder()
const here = process.cwd()
process.chdir(scratch) // some of them are paths
afterAll(() => process.chdir(here))
const embedded = fileURLToPath(new URL('../models/fr-en', import.meta.url))
const translator = await glassformer.Translator.load(embedded, { backend: quickest, workers: 1 })
afterAll(() => translator.close())
const gpt2 = fileURLToPath(new URL('golden/more/gpt2-text/model', import.meta.url))
const generator = await glassformer.TextGenerator.load(gpt2, { backend: quickest, workers: 1 })
afterAll(() => generator.close())
const memory = glassformer.TranslationMemory.open(join(scratch, 'units.memory'))
afterAll(() => memory.close())

const stack = { layers: 1, heads: 2, dHead: 4, dFeedForward: 8 }
const config: glassformer.ModelConfig = {
  dModel: 8,
  encoder: stack,
  decoder: stack,
  activation: 'relu',
  norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-6 },
  positions: { kind: 'interleaved' },
  embeddingScale: 1,
  sourceVocabulary: 10,
  targetVocabulary: 10,
  sharedEmbedding: true,
  tiedOutput: true,
  outputBias: true,
  linearBias: true,
  outputScale: 1,
  ids: { end: 0, start: 1, padding: 1, unknown: 2 },
  maxLength: 32,
}
const weights = new glassformer.Weights(config)
const quantized = { values: new Int8Array(8), scales: new Float32Array(1) }
const tensor = { name: 'a', shape: [2], dtype: 'F32', values: new Float32Array(2) } as const
const file = join(scratch, 'file.safetensors')
glassformer.writeSafetensors(file, [tensor])
const tensors = glassformer.openSafetensors(file)
const generation = { beams: 1, alternatives: 1, lengthPenalty: 1, minTokens: 0, maxTokens: 2, suppress: [3] }
const bleu = { tokenize: '13a', smoothing: 'floor', smoothingValue: 1, maxOrder: 4, lowercase: true }

/** A written folder has to be one that is read again. */
async function writtenAndRead(folder: string, model: glassformer.FolderToWrite): Promise<void> {
  glassformer.writeGlassformerFolder(folder, model)
  await (await glassformer.Translator.load(folder, { backend: 'js', workers: 1 })).close()
}

function writtenAndOpened(...given: Parameters<typeof glassformer.writeSafetensors>): void {
  glassformer.writeSafetensors(...given)
  glassformer.openSafetensors(given[0]).close()
}

async function streamed(source: string, options: object): Promise<void> {
  for await (const _ of translator.stream(source, options));
}

/** A function and what it takes; each of the arguments, and each field of those that are objects, is exchanged. */
const functions: Record<string, [call: (...given: never[]) => unknown, given: unknown[]]> = {
  backendInfo: [glassformer.backendInfo, [{ backend: 'js', precision: 'auto', threads: 1, workers: 1 }]],
  convertFolder: [glassformer.convertFolder, [embedded, 'converted', 'float16']],
  pull: [
    glassformer.pull,
    [
      'owner/model',
      { revision: 'main', cache: 'cache', endpoint: NOBODY, progress: () => {}, signal: new AbortController().signal },
    ],
  ],
  translateBetween: [glassformer.translateBetween, ['Oui.', { from: 'fr', to: 'de', load: { backend: 'js' } }]],
  exportFolder: [glassformer.exportFolder, [embedded, 'exported', 'float16']],
  corpusBleu: [training.corpusBleu, [['a b'], [['a b']], bleu]],
  corpusChrf: [training.corpusChrf, [['a b'], [['a b']], { characterOrder: 6, wordOrder: 2, beta: 2 }]],
  sentenceBleu: [training.sentenceBleu, ['a b', ['a b'], bleu]],
  sentenceChrf: [training.sentenceChrf, ['a b', ['a b'], { lowercase: true, whiteSpace: true }]],
  openSafetensors: [(path: string) => glassformer.openSafetensors(path).close(), [file]],
  readFloats: [tensors.readFloats.bind(tensors), ['a', new Float32Array(2)]],
  readPart: [tensors.readPart.bind(tensors), ['a', 0, new Float32Array(1)]],
  readIntegers: [tensors.readIntegers.bind(tensors), ['a']],
  readTrainConfig: [
    training.readTrainConfig,
    [{ data: { train: { path: 'a.tsv' } }, vocabulary: {}, model: {}, training: {}, validation: {} }, 'settings.json'],
  ],
  'readTrainConfig of a corpus': [
    (train: never) => training.readTrainConfig({ data: { train } }, 'settings.json'),
    [{ format: 'tsv', path: 'a.tsv', sourceColumn: 1 }],
  ],
  'readTrainConfig of a training': [
    (given: never) =>
      training.readTrainConfig({ data: { train: { path: 'a.tsv' } }, training: given }, 'settings.json'),
    [{ epochs: 1, teacher: { model: 'a' }, seed: 1 }],
  ],
  train: [training.train, [{ data: { train: 'a.tsv' } }, 'run', { threads: 1 }, { step: undefined }]],
  'train with settings': [
    (...some: [never, never]) => training.train(...some),
    [training.readTrainConfig({ data: { train: { path: 'missing.tsv' } } }, 'settings.json'), 'run', {}, {}],
  ],
  'Translator.load': [
    async (...given: never[]) => (await glassformer.Translator.load(...(given as []))).close(),
    ['nowhere', { threads: 1 }],
  ],
  'new Translator': [
    (...given: unknown[]) => new (glassformer.Translator as never as typeof Map)(...(given as [])),
    [],
  ],
  'Autoencoder.load': [
    async (...given: never[]) => glassformer.Autoencoder.load(...(given as unknown as [string])).close(),
    ['fr-en', { backend: quickest }],
  ],
  'TextGenerator.load': [
    async (...given: never[]) => (await glassformer.TextGenerator.load(...(given as unknown as [string]))).close(),
    ['nowhere', { threads: 1 }],
  ],
  'TextGenerator of a prompt': [
    generator.generate.bind(generator) as () => unknown,
    ['The', { maxTokens: 2, sample: false, beams: 1, signal: undefined }],
  ],
  'TextGenerator with stream': [
    async (...given: [never]) => {
      for await (const _ of generator.stream(...given));
    },
    ['The', { maxTokens: 2 }],
  ],
  'TextGenerator with score': [generator.score.bind(generator) as () => unknown, [['The end'], { signal: undefined }]],
  'TextGenerator with inspect': [generator.inspect.bind(generator) as () => unknown, ['The', { steps: 1 }]],
  'TranslationMemory.open': [
    async (...given: never[]) => glassformer.TranslationMemory.open(...(given as unknown as [string])).close(),
    ['other.memory'],
  ],
  'TranslationMemory with add': [async (...given: [never, never]) => memory.add(...given), ['Oui.', 'Yes.']],
  'TranslationMemory with find': [async (...given: [never]) => memory.find(...given), ['Oui.']],
  'TranslationMemory with similar': [
    async (...given: [never]) => memory.similar(...given),
    ['Oui.', { threshold: 0.75, most: 5 }],
  ],
  'TranslationMemory with importTmx': [
    memory.importTmx.bind(memory) as () => unknown,
    ['missing.tmx', { source: 'fr', target: 'en' }],
  ],
  'TranslationMemory with exportTmx': [
    memory.exportTmx.bind(memory) as () => unknown,
    ['written.tmx', { source: 'fr', target: 'en' }],
  ],
  pivot: [glassformer.pivot as () => unknown, [[translator], 'Oui.', { beams: 2 }]],
  translate: [translator.translate.bind(translator) as () => unknown, ['Oui.', { ...generation, split: 'auto' }]],
  translateSync: [translator.translateSync.bind(translator) as () => unknown, ['Oui.', generation]],
  stream: [streamed, ['Oui.', generation]],
  generate: [
    translator.generate.bind(translator) as () => unknown,
    [[5, 6], { num_beams: 2, decoder_input_ids: [[3]], bad_words_ids: [[5]], seed: 1, signal: undefined }],
  ],
  encode: [translator.encode.bind(translator) as () => unknown, [['Oui.'], { signal: undefined }]],
  score: [translator.score.bind(translator), [[{ source: 'Oui.', target: 'Yes.' }], { signal: undefined }]],
  'score of a pair': [(pair: never) => translator.score([pair]), [{ source: 'Oui.', target: 'Yes.' }]],
  inspect: [
    translator.inspect.bind(translator) as () => unknown,
    ['Oui.', { beams: 1, target: 'Yes.', tensors: ['logits'], steps: 1, lens: 1, beamTree: true, interventions: [] }],
  ],
  ...Object.fromEntries(
    [
      { kind: 'headOff', attention: 'encoder.0.selfAttention', head: 0 },
      { kind: 'replace', tensor: 'encoder.output', rows: [0], values: new Float32Array(256) },
      { kind: 'force', step: 0, token: 5 },
    ].map((given): [string, [call: (...given: never[]) => unknown, given: unknown[]]] => [
      `inspect with ${given.kind}`,
      [(intervention: never) => translator.inspect('Oui.', { interventions: [intervention] }), [given]],
    ]),
  ),
  'new Weights': [(...given: [never]) => new glassformer.Weights(...given), [config, 'float32', undefined]],
  'a stack of weights': [(encoder) => new glassformer.Weights({ ...config, encoder }), [{ ...stack }]],
  place: [weights.place.bind(weights), ['embedding.weight']],
  get: [weights.get.bind(weights), ['embedding.weight']],
  setRows: [weights.setRows.bind(weights), ['embedding.weight', 0, new Float32Array(8)]],
  setQuantizedRows: [weights.setQuantizedRows.bind(weights), ['embedding.weight', 0, quantized]],
  writeGlassformerFolder: [writtenAndRead, ['written', { weights, dtype: 'float32', splitTokens: 10 }]],
  'writeGlassformerFolder of a tokenizer': [
    (tokenizer) => writtenAndRead('written', { weights, dtype: 'float32', tokenizer }),
    [{ kind: 'words', source: '</s>\n<s>\n<unk>\na\nb\nc\nd\ne\nf\ng\n', joiner: '@@' }],
  ],
  writeSafetensors: [writtenAndOpened, [file, [tensor], { format: 'pt' }]],
  'writeSafetensors of a tensor': [(given: never) => writtenAndOpened(file, [given]), [tensor]],
}

const isPlain = (value: unknown): value is object => Object.getPrototypeOf(value ?? 0) === Object.prototype

/** All ways to exchange one argument, or one field of one. */
function exchanged(given: readonly unknown[]): unknown[][] {
  return given.flatMap((argument, i) =>
    oddValues.flatMap((odd) => {
      const fields = isPlain(argument) ? Object.keys(argument).map((name) => ({ ...argument, [name]: odd })) : []
      return [odd, ...fields].map((value) => given.with(i, value))
    }),
  )
}

describe('of a wrong type', () => {
  it.each(Object.entries(functions))('what %s is given is taken, or refused in one line', async (_, [call, given]) => {
    for (const some of [[], ...exchanged(given)]) {
      const error = await (async () => call(...(some as never[])))().then(
        () => null,
        (reason: unknown) => reason,
      )
      if (error === null) continue
      expect(error).toBeInstanceOf(glassformer.GlassformerError)
      const { code, message } = error as glassformer.GlassformerError
      expect(code).not.toBe('ERR_INTERNAL')
      expect(message).toMatch(/^.+$/)
    }
  })

  test('each function of the package is among them', () => {
    const names = Object.entries({ ...glassformer, ...training }).filter(([, value]) => typeof value === 'function')
    for (const [name] of names.filter(([name]) => name !== 'GlassformerError'))
      expect(Object.keys(functions).join(', ')).toContain(name)
  })
})
