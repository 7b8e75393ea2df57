import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { Encoder } from '#dist/use/encode/index.js'
import { scratchFolder } from '../../../formats/raw-safetensors.ts'
import { differenceOf, type Golden, goldens } from '../../../use/encode/golden-folders.ts'

// CTranslate2 4.8.5 made the folder, of the golden st-dense: ct2-transformers-converter --model model --output_dir …; int8.bin is its model.bin
// with --quantization int8.
const scratch = scratchFolder()
const made = join(import.meta.dirname, '../../../golden/encoders/st-dense-ctranslate2')
const original = goldens.find(({ name }) => name === 'st-dense')!

/** The converted folder, with the tokenizer and the modules of the original. */
function folderOf(name: string): string {
  const folder = join(scratch, name)
  cpSync(made, folder, { recursive: true })
  for (const own of ['tokenizer.json', 'tokenizer_config.json', 'modules.json', 'sentence_bert_config.json'])
    if (existsSync(join(original.model, own))) copyFileSync(join(original.model, own), join(folder, own))
  for (const own of ['config_sentence_transformers.json', '1_Pooling', '2_Dense', '3_Normalize'])
    if (existsSync(join(original.model, own))) cpSync(join(original.model, own), join(folder, own), { recursive: true })
  return folder
}

async function using<T>(folder: string, use: (encoder: Encoder) => Promise<T>, precision?: 'float32'): Promise<T> {
  const encoder = await Encoder.load(folder, { workers: 1, ...(precision && { precision }) })
  try {
    return await use(encoder)
  } finally {
    await encoder.close()
  }
}

it('vectors are those of the original folder', async () => {
  const { texts, embeddings } = original.sentence_transformers
  const vectors = (folder: string) => using(folder, (encoder) => encoder.embed(texts as string[]), 'float32')
  const [own, theirs] = [await vectors(folderOf('float32')), await vectors(original.model)]
  own.forEach((vector, i) => {
    expect(differenceOf(vector, theirs[i])).toBeLessThan(1e-5)
    expect(differenceOf(vector, embeddings[i])).toBeLessThan(1e-4)
  })
})

it('int8 is played as it is stored', async () => {
  const folder = folderOf('int8')
  renameSync(join(folder, 'int8.bin'), join(folder, 'model.bin'))
  await using(folder, async (encoder) => {
    expect(encoder.backendInfo().precision).toBe('int8')
    const { texts, embeddings } = original.sentence_transformers
    const vectors = await encoder.embed(texts as string[])
    vectors.forEach((vector, i) => void expect(encoder.similarity(vector, embeddings[i])).toBeGreaterThan(0.99))
  })
})

describe('refusals', () => {
  const refused = async (folder: string, code: string, message: RegExp) =>
    expect(await Encoder.load(folder).catch((error) => error)).toMatchObject({
      code,
      message: expect.stringMatching(message),
    })

  it('a folder without a tokenizer, with that of another model, or cut short', async () => {
    const folder = folderOf('damaged')
    const tokenizer = join(folder, 'tokenizer.json')
    rmSync(tokenizer)
    await refused(folder, 'ERR_FILE', /vocabulary\.json does not say how texts are cut/)
    writeFileSync(join(folder, 'vocab.txt'), '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n')
    await refused(folder, 'ERR_TOKENIZER_FORMAT', /copy tokenizer\.json of the model that was converted/)
    copyFileSync(join(original.model, 'tokenizer.json'), tokenizer)
    rmSync(join(folder, 'vocabulary.json'))
    await refused(folder, 'ERR_FILE', /vocabulary\.json is missing/)
    truncateSync(join(folder, 'model.bin'), 50_000)
    await refused(folder, 'ERR_MODEL_FORMAT', /model\.bin/)
  })

  it('Translator.load names what reads it, and Encoder.load what reads a translator', async () => {
    await expect(Translator.load(made)).rejects.toThrow(/Encoder\.load/)
    const translator = join(import.meta.dirname, '../../../golden/ctranslate2')
    if (existsSync(join(translator, 'model.bin'))) await refused(translator, 'ERR_UNSUPPORTED', /Translator\.load/)
  })
})

// The real converter runs where GLASSFORMER_PEERS names a folder with it, as bench/peers/install.sh installs it.
const converter = join(process.env.GLASSFORMER_PEERS ?? '', 'venv/bin/ct2-transformers-converter')
const converted = ['bert', 'distilbert', 'roberta', 'xlm-roberta', 'xlm-roberta-cls'].flatMap((name) =>
  goldens.filter((golden) => golden.name === name),
)

it.skipIf(!existsSync(converter) || !converted.length).each(converted)(
  '$name as the converter writes it now',
  async ({ name, model, cases }: Golden) => {
    const folder = join(scratch, name)
    execFileSync(converter, ['--model', model, '--output_dir', folder, '--copy_files', 'tokenizer.json'], {
      stdio: 'ignore',
    })
    const texts = cases.map(({ text, pair }) => (pair === undefined ? text : { text, pair }))
    const states = (at: string) => using(at, (encoder) => encoder.states(texts), 'float32')
    const [own, theirs] = [await states(folder), await states(model)]
    own.forEach((text, i) => {
      expect(text.ids).toEqual(theirs[i].ids)
      // A typed padding token has a position of its own in transformers, which CTranslate2 does not know.
      if (/<pad>/.test(cases[i].text)) return
      expect(differenceOf(text.states, theirs[i].states)).toBeLessThan(1e-5)
      if (own[i].answers && theirs[i].answers)
        expect(differenceOf(own[i].answers!, theirs[i].answers!)).toBeLessThan(1e-5)
    })
  },
  120_000,
)
