import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createHubTokenizer, type HubFiles } from '#dist/language/text/hub/create-hub-tokenizer.js'
import type { HubClass } from '#dist/language/text/hub/hub-classes.js'
import type { Tokenizer } from '#dist/language/text/tokenizer/tokenizer.js'
import { goldenFolder, goldenJson, hasAllGoldens, lines } from './golden.ts'

const folders: Readonly<Record<string, HubClass>> = {
  t5: 'T5',
  pegasus: 'Pegasus',
  nllb: 'NLLB',
  m2m100: 'M2M100',
  mbart50: 'MBart50',
  bart: 'Bart',
  blenderbot: 'Blenderbot',
  'hub-unigram': 'T5',
  'hub-bpe-byte-fallback': 'T5',
}

const textOf = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)
const jsonOf = (path: string) => JSON.parse(textOf(path) ?? '{}')

/** The files of a folder as `save_pretrained` has written it; without `definition` tokenizer.json is left out. */
function filesOf(name: string, { definition = true, configuration = {} } = {}): HubFiles {
  const folder = `${goldenFolder}${name}`
  const model = ['spiece.model', 'sentencepiece.bpe.model'].map((file) => `${folder}/${file}`).find(existsSync)
  return {
    class: folders[name],
    definition: definition ? textOf(`${folder}/tokenizer.json`) : undefined,
    pieces: model === undefined ? undefined : readFileSync(model),
    vocabulary: textOf(`${folder}/vocab.json`),
    merges: textOf(`${folder}/merges.txt`),
    configuration: { ...jsonOf(`${folder}/tokenizer_config.json`), ...configuration },
    specialTokens: {},
    addedTokens: jsonOf(`${folder}/added_tokens.json`),
    modelSize: goldenJson(`${name}.json`).vocab_size + 8,
    modelStart: 2,
    where: name,
  }
}

const here = Object.keys(folders).filter((name) => existsSync(`${goldenFolder}${name}`))

describe.skipIf(!hasAllGoldens)('the golden folders', () => {
  it('are nine', () => expect(here).toHaveLength(9))
})

type Rows = number[][]

describe.each(here)('the tokenizer of the folder %s', (name) => {
  const golden = goldenJson(`${name}.json`)
  const tokenizer = createHubTokenizer(filesOf(name))

  it('gives the ids and tokens that Python gives for every line', () => {
    expect(lines.map((line) => tokenizer.encode(line))).toEqual(golden.ids)
    // The tokenizers library, unlike transformers, names an unknown token by the text that it stands for.
    if (golden.class_name !== undefined)
      expect(
        golden.tokens.map((_: unknown, k: number) => golden.ids[k].map((id: number) => tokenizer.piece(id))),
      ).toEqual(golden.tokens)
    expect(tokenizer.sourceSize).toBe(golden.vocab_size)
    if (golden.special !== undefined) expect(Object.fromEntries(tokenizer.special ?? [])).toEqual(golden.special)
  })

  it('gives the texts that Python gives, with special tokens and without', () => {
    expect((golden.ids as Rows).map((ids) => tokenizer.decode(ids, { special: true }))).toEqual(golden.decoded)
    expect((golden.ids as Rows).map((ids) => tokenizer.decode(ids))).toEqual(golden.decoded_skip_special)
    for (const { ids, text, skip_special } of golden.decode) {
      expect(tokenizer.decode(ids, { special: true }), `ids ${ids}`).toBe(text)
      if (skip_special !== undefined) expect(tokenizer.decode(ids), `ids ${ids}`).toBe(skip_special)
    }
  })

  it('cleans up spaces when the configuration says so', () => {
    const cleaning = createHubTokenizer(filesOf(name, { configuration: { clean_up_tokenization_spaces: true } }))
    const rows: Rows = golden.ids.slice(0, golden.decoded_cleaned?.length ?? 0)
    expect(rows.map((ids) => cleaning.decode(ids))).toEqual(golden.decoded_cleaned ?? [])
  })

  it('omits the special tokens around a text, truncates, and joins two texts', () => {
    for (const [k, ids] of (golden.without_special ?? []).entries())
      expect(tokenizer.encode(lines[k], { special: false })).toEqual(ids)
    for (const { line, max_length, ids } of golden.truncated ?? [])
      expect(tokenizer.encode(lines[line], { maxLength: max_length })).toEqual(ids)
    for (const {
      lines: [first, second],
      ids,
    } of golden.pairs ?? [])
      expect(tokenizer.encode(lines[first], { pair: lines[second] }), `lines ${first}, ${second}`).toEqual(ids)
  })

  it.skipIf(golden.target_ids === undefined)('has the language of a source, and of a target', () => {
    for (const [k, ids] of golden.target_ids.entries()) expect(tokenizer.encodeTarget(lines[k])).toEqual(ids)
    const { src_lang, ids } = golden.source_language_changed
    for (const [k, row] of ids.entries()) expect(tokenizer.encode(lines[k], { source: src_lang })).toEqual(row)
    expect(tokenizer.languages!.source).toContain(src_lang)
    expect(tokenizer.targetStart!(src_lang)).toBe(ids[0][0])
  })

  // biome-ignore lint/suspicious/noExplicitAny: rows of a golden file, each with the fields of its trap
  const traps: any[] = goldenJson('traps.json').traps.filter((trap: { folder?: string }) => trap.folder === name)
  it.runIf(traps.length > 0).each(traps)('$trap: $claim', ({ call, ids, tokens, decoded, decoded_skip_special }) => {
    const { text, text_pair, text_target } = call
    expect(
      text_target === undefined ? tokenizer.encode(text, { pair: text_pair }) : tokenizer.encodeTarget(text_target),
    ).toEqual(ids)
    expect(ids.map((id: number) => tokenizer.piece(id))).toEqual(tokens)
    expect(tokenizer.decode(ids, { special: true })).toBe(decoded)
    expect(tokenizer.decode(ids)).toBe(decoded_skip_special)
  })

  it('decodes ids of the model beyond the tokenizer to nothing, and refuses others', () => {
    const size = golden.vocab_size
    expect(tokenizer.decode([...golden.ids[0], size + 7])).toBe(golden.decoded_skip_special[0])
    for (const id of [-1, size + 8, 0.5])
      expect(() => tokenizer.decode([id])).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }))
  })
})

const withoutSpaces = (tokenizer: Tokenizer, ids: number[]) => ids.filter((id) => tokenizer.piece(id) !== '▁')

describe.skipIf(!hasAllGoldens)('a folder without tokenizer.json', () => {
  it.each(['t5', 'pegasus', 'nllb', 'mbart50'])('gives the ids of SentencePiece: %s', (name) => {
    const golden = goldenJson(`${name}.json`)
    const tokenizer = createHubTokenizer(filesOf(name, { definition: false }))
    expect(Object.fromEntries(tokenizer.special ?? [])).toEqual(golden.special)
    for (const [k, line] of lines.entries()) {
      const special = Object.keys(golden.special).some((token) => line.includes(token))
      // SentencePiece itself does not know special tokens in a text, and a text before one has no ▁ for its last space.
      if (special)
        expect(withoutSpaces(tokenizer, tokenizer.encode(line))).toEqual(withoutSpaces(tokenizer, golden.ids[k]))
      else expect(tokenizer.encode(line), `line ${k}`).toEqual(golden.sentencepiece_differs[k] ?? golden.ids[k])
    }
    for (const { ids, text, skip_special } of golden.decode) {
      expect(tokenizer.decode(ids, { special: true })).toBe(text)
      expect(tokenizer.decode(ids)).toBe(skip_special)
    }
    expect(golden.ids.map((ids: number[]) => tokenizer.decode(ids))).toEqual(golden.decoded_skip_special)
  })

  it.each(['bart', 'blenderbot'])('reads vocab.json and merges.txt: %s', (name) => {
    const golden = goldenJson(`${name}.json`)
    const tokenizer = createHubTokenizer(filesOf(name, { definition: false }))
    expect(lines.map((line) => tokenizer.encode(line))).toEqual(golden.ids)
    expect(golden.ids.map((ids: number[]) => tokenizer.decode(ids, { special: true }))).toEqual(golden.decoded)
    expect(Object.fromEntries(tokenizer.special ?? [])).toEqual(golden.special)
  })

  it('knows the languages of mBART-50, and of mBART, whose codes come last', () => {
    const golden = goldenJson('mbart50.json')
    const bare = { extra_special_tokens: null, src_lang: null }
    const fifty = createHubTokenizer(filesOf('mbart50', { definition: false, configuration: bare }))
    expect(Object.fromEntries(fifty.special ?? [])).toEqual(golden.special)
    const configuration = { ...bare, tokenizer_class: 'MBartTokenizer' }
    const files = filesOf('mbart50', { definition: false, configuration })
    const older = createHubTokenizer({ ...files, modelStart: golden.special.fr_XX })
    expect(older.encode('Le')).toEqual([172, 2, golden.special.en_XX])
    expect(older.languages!.source).toHaveLength(25)
    expect(older.languages!.target).toEqual(['fr_XX'])
    expect(older.targetStart!('fr_XX')).toBe(undefined)
  })

  it('puts language and end last where NLLB’s folder asks for it', () => {
    const golden = goldenJson('nllb.json')
    const tokenizer = createHubTokenizer(filesOf('nllb', { configuration: { legacy_behaviour: true } }))
    expect(golden.legacy_behaviour.map((_: unknown, k: number) => tokenizer.encode(lines[k]))).toEqual(
      golden.legacy_behaviour,
    )
  })
})
