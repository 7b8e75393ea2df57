import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createMarianTokenizer } from '#dist/language/text/marian-tokenizer.js'
import { SentencePiece } from '#dist/language/text/sentencepiece/sentencepiece.js'
import { countPlaceholders } from '#dist/language/text/tokenizer/placeholders.js'
import { type MarianVocabularyOptions, MarianVocabularyTrainer } from '#dist/learn/train/vocabulary/vocabulary.js'
import { lacks, runPython } from './python.ts'

const pairs = [
  { source: 'je suis étudiant', target: 'i am a student' },
  { source: 'merci beaucoup', target: 'thanks a lot' },
  { source: 'quatre-vingt-dix-sept', target: 'ninety-seven' },
]

const settings: MarianVocabularyOptions = { type: 'unigram', size: 60, sharing: 'joint', longestText: 512 }

function train(options: Partial<MarianVocabularyOptions>) {
  const trainer = new MarianVocabularyTrainer({ ...settings, ...options })
  for (const pair of pairs) trainer.add(pair)
  const files = trainer.train()
  return { files, tokenizer: createMarianTokenizer({ ...files, where: 'a' }) }
}

const sizeOf = (vocabulary: string) => Object.keys(JSON.parse(vocabulary)).length

describe('MarianVocabularyTrainer', () => {
  it.each(['joint', 'separate'] as const)('%s: makes files that the Marian tokenizer reads', (sharing) => {
    const { files, tokenizer } = train({ sharing })
    for (const { source, target } of pairs) {
      expect(tokenizer.decode(tokenizer.encodeTarget(target))).toBe(target)
      expect(tokenizer.encode(source)).not.toContain(1)
      expect(tokenizer.encode(source).at(-1)).toBe(0)
    }
    expect(tokenizer.sourceSize).toBe(sizeOf(files.vocabulary))
    expect(files.targetVocabulary === undefined).toBe(sharing === 'joint')
  })

  it.each(['joint', 'separate'] as const)('%s: has bytes and placeholders on both sides', (sharing) => {
    const { tokenizer } = train({ sharing, size: 400, byteFallback: true, splitDigits: true, placeholders: 2 })
    const text = 'merci ⟦2⟧ 97 😀'
    const pieces = (ids: number[], name: 'sourcePiece' | 'piece') => ids.map((id) => tokenizer[name](id))
    for (const [ids, name] of [
      [tokenizer.encode(text), 'sourcePiece'],
      [tokenizer.encodeTarget(text), 'piece'],
    ] as const)
      for (const piece of ['⟦2⟧', '<0xF0>', '<0x80>']) expect(pieces(ids, name)).toContain(piece)
    expect(tokenizer.decodeSource(tokenizer.encode(text))).toBe(text)
    expect(tokenizer.decode(tokenizer.encodeTarget(text))).toBe(text)
    expect(countPlaceholders(tokenizer)).toBe(2)
  })

  it('has </s> at 0, <unk> at 1 and <pad> last', () => {
    for (const sharing of ['joint', 'separate'] as const) {
      const { files } = train({ sharing })
      for (const text of [files.vocabulary, files.targetVocabulary ?? files.vocabulary])
        expect(JSON.parse(text)).toMatchObject({ '</s>': 0, '<unk>': 1, '<pad>': sizeOf(text) - 1 })
    }
  })

  it('uses the ids of the .spm in a joint model', () => {
    const { files, tokenizer } = train({ sharing: 'joint' })
    const model = SentencePiece.read(files.source, 'source.spm')
    expect(sizeOf(files.vocabulary)).toBe(model.size)
    for (const { source } of pairs) expect(tokenizer.encode(source)).toEqual([...model.encode(source), 0])
  })

  it.each(['joint', 'separate'] as const)(
    '%s: reads plain punctuation in sources, and leaves targets as pairs have them',
    (sharing) => {
      const typographic = { source: 'n’avons n’ai l’heure “oui”', target: 'don’t don’t' }
      const trainer = new MarianVocabularyTrainer({ ...settings, size: 80, sharing, punctuation: 'plain' })
      for (const pair of [...pairs, typographic]) trainer.add(pair)
      const tokenizer = createMarianTokenizer({ ...trainer.train(), where: 'a' })
      const plain = `n'avons n'ai l'heure "oui"`
      expect(tokenizer.encode(typographic.source)).toEqual(tokenizer.encode(plain))
      expect(tokenizer.encode(typographic.source)).not.toContain(1)
      expect(tokenizer.decode(tokenizer.encodeTarget('don’t'))).toBe('don’t')
    },
  )

  it.each(['joint', 'separate'] as const)(
    '%s: reads plain punctuation in targets too where no pair has another there, which changes no pair',
    (sharing) => {
      const contracted = { source: 'n’avons l’heure', target: `don't say "yes"` }
      const files = (['plain', 'kept'] as const).map((punctuation) => {
        const trainer = new MarianVocabularyTrainer({ ...settings, size: 80, sharing, punctuation })
        for (const pair of [...pairs, contracted]) trainer.add(pair)
        return trainer.train()
      })
      const [plain, kept] = files.map((made) => createMarianTokenizer({ ...made, where: 'a' }))
      expect(plain.encodeTarget('don’t say “yes”')).toEqual(plain.encodeTarget(contracted.target))
      expect(kept.encodeTarget('don’t say “yes”')).toContain(1)
      for (const { target } of [...pairs, contracted])
        expect(plain.decode(plain.encodeTarget(target))).toBe(kept.decode(kept.encodeTarget(target)))
    },
  )

  it('writes the settings that tokenizers look for', () => {
    const { files } = train({ sharing: 'separate', sourceLanguage: 'fr', targetLanguage: 'en', longestText: 128 })
    expect(files.configuration).toEqual({
      tokenizer_class: 'MarianTokenizer',
      source_lang: 'fr',
      target_lang: 'en',
      separate_vocabs: true,
      model_max_length: 128,
      eos_token: '</s>',
      unk_token: '<unk>',
      pad_token: '<pad>',
    })
  })
})

const noTransformers = lacks('transformers')

describe.skipIf(noTransformers !== null)(`the files${noTransformers === null ? '' : ` (${noTransformers})`}`, () => {
  it.each(['joint', 'separate'] as const)('%s: are read alike by Hugging Face transformers', (sharing) => {
    const folder = mkdtempSync(join(tmpdir(), 'glassformer-marian-'))
    try {
      const { files, tokenizer } = train({
        sharing,
        punctuation: 'plain',
        sourceLanguage: 'fr',
        targetLanguage: 'en',
      })
      writeFileSync(join(folder, 'source.spm'), files.source)
      writeFileSync(join(folder, 'target.spm'), files.target)
      writeFileSync(join(folder, 'vocab.json'), files.vocabulary)
      if (files.targetVocabulary !== undefined) writeFileSync(join(folder, 'target_vocab.json'), files.targetVocabulary)
      writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(files.configuration))
      const sources = [...pairs.map(({ source }) => source), 'Jamais vu : 東京 ?', 'quatre‑vingt’dix']
      const targets = [...pairs.map(({ target }) => target), 'Never seen: 東京?', 'ninety‑seven’s']
      const answer = runPython('marian.py', { folder, sources, targets })
      expect(sources.map((text) => tokenizer.encode(text))).toEqual(answer.sources)
      expect(targets.map((text) => tokenizer.encodeTarget(text))).toEqual(answer.targets)
      expect(answer.special).toEqual([0, 1, sizeOf(files.vocabulary) - 1])
      expect(answer.size).toBe(sizeOf(files.vocabulary))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
