import { describe, expect, it } from 'vitest'
import { readSentencePieceModel } from '#dist/formats/pieces/sentencepiece-model.js'
import { createMarianTokenizer, type MarianFiles } from '#dist/language/text/marian-tokenizer.js'
import { SentencePiece } from '#dist/language/text/sentencepiece/sentencepiece.js'
import { goldenBytes, goldenJson, hasAllGoldens, lines } from './golden.ts'

// The folder's two models are too large to keep a copy in the repository.
describe.skipIf(!hasAllGoldens)('MarianTokenizer (needs ../shared)', () => {
  const golden = hasAllGoldens ? goldenJson('marian.json') : {}
  const text = (name: string) => Buffer.from(goldenBytes(name)).toString()
  const files = (): MarianFiles => ({
    source: goldenBytes('marian/source.spm'),
    target: goldenBytes('marian/target.spm'),
    vocabulary: text('marian/vocab.json'),
    configuration: JSON.parse(text('marian/tokenizer_config.json')),
    where: 'marian',
  })
  const tokenizer = hasAllGoldens ? createMarianTokenizer(files()) : (null as never)
  const end = 0
  const withEnd = (line: string) => [...tokenizer.pieceIds(line, 'source'), end]
  type Rows = number[][]

  it('encodes every line as Hugging Face does', () => {
    expect(lines.map(withEnd)).toEqual(golden.ids)
    expect(lines.map((line) => tokenizer.encodeTarget(line))).toEqual(golden.target_ids)
    expect(golden.without_special.map((_: unknown, k: number) => tokenizer.pieceIds(lines[k], 'source'))).toEqual(
      golden.without_special,
    )
  })

  it('gives the end alone for a text with nothing in it', () => {
    for (const [k, line] of lines.entries()) expect(tokenizer.encode(line)).toEqual(golden.ids[k])
    expect(tokenizer.encode('')).toEqual([end])
    expect(tokenizer.encodeTarget('')).toEqual([end])
  })

  it('names the pieces of ids', () => {
    expect(golden.ids.slice(0, 60).map((ids: number[]) => ids.map((id) => tokenizer.sourcePiece(id)))).toEqual(
      golden.tokens,
    )
    expect(golden.target_ids.slice(0, 60).map((ids: number[]) => ids.map((id) => tokenizer.piece(id)))).toEqual(
      golden.target_tokens,
    )
    expect(tokenizer.sourceSize).toBe(golden.vocab_size)
  })

  it('decodes without special tokens', () => {
    expect((golden.ids as Rows).map((ids) => tokenizer.decode(ids))).toEqual(golden.decoded_skip_special)
    expect((golden.ids as Rows).map((ids) => tokenizer.decode(ids, { side: 'source' }))).toEqual(
      golden.decoded_skip_special,
    )
    expect((golden.target_ids as Rows).map((ids) => tokenizer.decode(ids))).toEqual(golden.target_decoded_skip_special)
  })

  it('decodes with special tokens, by either model', () => {
    const decode = (rows: Rows, side: 'source' | 'target') =>
      rows.map((ids) => tokenizer.decode(ids, { special: true, side }))
    expect(decode(golden.ids, 'source')).toEqual(golden.decoded)
    expect(decode(golden.ids, 'target')).toEqual(golden.decoded_by_target)
    expect(decode(golden.target_ids, 'source')).toEqual(golden.target_decoded)
    expect(decode(golden.target_ids, 'target')).toEqual(golden.target_decoded_by_target)
  })

  it('decodes odd sequences of ids', () => {
    for (const { ids, text, skip_special } of golden.decode) {
      expect(tokenizer.decode(ids, { special: true, side: 'source' }), `ids ${ids}`).toBe(text)
      expect(tokenizer.decode(ids), `ids ${ids}`).toBe(skip_special)
    }
  })

  it('cleans up spaces when the configuration says so', () => {
    const cleaning = createMarianTokenizer({
      ...files(),
      configuration: { ...files().configuration, clean_up_tokenization_spaces: true },
    })
    expect((golden.ids as Rows).slice(0, 60).map((ids) => cleaning.decode(ids))).toEqual(golden.decoded_cleaned)
  })

  it('returns the parts of truncated inputs and pairs', () => {
    for (const { line, max_length, ids } of golden.truncated)
      expect([...tokenizer.pieceIds(lines[line], 'source').slice(0, max_length - 1), end]).toEqual(ids)
    for (const { lines: pair, ids } of golden.pairs)
      expect([...pair.flatMap((k: number) => tokenizer.pieceIds(lines[k], 'source')), end]).toEqual(ids)
  })

  // biome-ignore lint/suspicious/noExplicitAny: rows of a golden file, each with the fields of its trap
  const traps: any[] = hasAllGoldens
    ? goldenJson('traps.json').traps.filter((t: { folder?: string }) => t.folder === 'marian')
    : []
  it.each(traps)('$trap: $claim', ({ call, ids, tokens, decoded, decoded_skip_special }) => {
    expect(withEnd(call.text)).toEqual(ids)
    expect(ids.map((id: number) => tokenizer.piece(id))).toEqual(tokens)
    expect(tokenizer.decode(ids, { special: true, side: 'source' })).toBe(decoded)
    expect(tokenizer.decode(ids)).toBe(decoded_skip_special)
  })

  it('reads a target.spm of the same length as source.spm for itself', () => {
    const source = goldenBytes('marian/target.spm')
    const target = Uint8Array.from(source)
    target[Buffer.from(source).indexOf('▁the') + Buffer.byteLength('▁th')] = 0x23 // ▁th#
    const [other, same] = [target, source].map((bytes) => createMarianTokenizer({ ...files(), source, target: bytes }))
    expect(other.encode('the')).toEqual(same.encode('the'))
    expect(other.encodeTarget('the')).not.toEqual(same.encodeTarget('the'))
  })

  it('uses target_vocab.json for the target when the vocabularies are separate', () => {
    const vocabulary = JSON.parse(files().vocabulary) as Record<string, number>
    const last = Object.keys(vocabulary).length - 1
    const reversed = Object.fromEntries(Object.entries(vocabulary).map(([piece, id]) => [piece, last - id]))
    const configuration = { ...files().configuration, separate_vocabs: true }
    const separate = createMarianTokenizer({
      ...files(),
      targetVocabulary: JSON.stringify(reversed),
      configuration,
    })
    const flip = (ids: number[]) => ids.map((id) => last - id)
    for (const [k, line] of lines.slice(0, 60).entries()) {
      expect([...separate.pieceIds(line, 'source'), end]).toEqual(golden.ids[k])
      expect(separate.encodeTarget(line)).toEqual(flip(golden.target_ids[k]))
      expect(separate.decode(flip(golden.target_ids[k]))).toBe(golden.target_decoded_skip_special[k])
    }
    expect(() => createMarianTokenizer({ ...files(), configuration })).toThrow(/target_vocab\.json is missing/)
  })

  it('refuses ids that the vocabulary does not have', () => {
    for (const id of [-1, golden.vocab_size, 1.5])
      expect(() => tokenizer.decode([id])).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }))
  })

  it('names the damaged file', () => {
    const damaged = (changes: Partial<MarianFiles>) => () => createMarianTokenizer({ ...files(), ...changes })
    expect(damaged({ source: new Uint8Array(0) })).toThrow(/^marian\/source\.spm: /)
    expect(damaged({ target: goldenBytes('marian/target.spm').subarray(0, 1000) })).toThrow(/^marian\/target\.spm: /)
    expect(damaged({ vocabulary: '{' })).toThrow(/^marian\/vocab\.json: /)
    expect(damaged({ configuration: { unk_token: 5 } })).toThrow(/^marian\/tokenizer_config\.json: unk_token is 5/)
  })
})

describe('a part of a text that is not cut into pieces', () => {
  const bytes = goldenBytes('unigram-cf-1000.model')
  const sentencePiece = SentencePiece.read(bytes, 'small')
  const texts = [
    ...readSentencePieceModel(bytes, 'small').pieces.texts,
    '<pad>',
    '>>fra<<',
    '<x>',
    '<x>y',
    '<z>',
    '<w>',
  ]
  const idOf = (piece: string) => (texts.includes(piece) ? texts.indexOf(piece) : texts.indexOf('<unk>'))
  const idsOf = (text: string) => sentencePiece.encodePieces(text).map(idOf)
  const tokenizer = createMarianTokenizer({
    source: bytes,
    target: bytes,
    vocabulary: JSON.stringify(Object.fromEntries(texts.map((text, id) => [text, id]))),
    configuration: {
      additional_special_tokens: ['<x>', '<x>y'],
      added_tokens_decoder: { 7: { content: '<z>', special: true }, 8: { content: '<w>', special: false } },
    },
    where: 'small',
  })
  const pieceIds = (text: string) => tokenizer.pieceIds(text, 'source')

  it('is a language code at the very beginning, and nothing that looks like one elsewhere', () => {
    expect(pieceIds('>>fra<< la maison')).toEqual([idOf('>>fra<<'), ...idsOf('la maison')])
    for (const text of ['la maison << ici', 'la >>fra<< maison', '>>fra la maison'])
      expect(pieceIds(text)).toEqual(idsOf(text))
  })

  it('is a language code with the white space after it, if the vocabulary has it', () => {
    expect(tokenizer.languageCode('>>fra<< \n la >>fra<< maison')).toBe('>>fra<< \n ')
    expect(tokenizer.languageCode('>>fra<<la')).toBe('>>fra<<')
    for (const text of ['', ' la', ' >>fra<< la', '>>deu<< la', '>>fra la'])
      expect(tokenizer.languageCode(text)).toBe('')
  })

  it('is a special token, the longest first', () => {
    expect(pieceIds('la<x>y<x>maison<z>')).toEqual([
      ...idsOf('la'),
      ...['<x>y', '<x>'].map(idOf),
      ...idsOf('maison'),
      idOf('<z>'),
    ])
    expect(pieceIds('la<w>')).toEqual(idsOf('la<w>'))
    expect(tokenizer.decode(pieceIds('la<x>y maison<z>'))).toBe('la maison')
  })
})
