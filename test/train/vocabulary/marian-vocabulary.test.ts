import { describe, expect, it } from 'vitest'
import { createMarianTokenizer } from '#dist/text/marian-tokenizer.js'
import { SentencePiece } from '#dist/text/sentencepiece.js'
import { MarianVocabularyTrainer } from '#dist/train/vocabulary/marian-vocabulary.js'

const pairs = [
  { source: 'je suis étudiant', target: 'i am a student' },
  { source: 'merci beaucoup', target: 'thanks a lot' },
  { source: 'quatre-vingt-dix-sept', target: 'ninety-seven' },
]

function train(options: Partial<ConstructorParameters<typeof MarianVocabularyTrainer>[0]>) {
  const trainer = new MarianVocabularyTrainer({ size: 60, ...options })
  for (const pair of pairs) trainer.add(pair)
  const files = trainer.train()
  return { files, tokenizer: createMarianTokenizer({ ...files, where: 'a' }) }
}

describe('MarianVocabularyTrainer', () => {
  it.each(['joint', 'united', 'separate'] as const)('%s: makes files that the Marian tokenizer reads', (sharing) => {
    const { files, tokenizer } = train({ sharing })
    for (const { source, target } of pairs) {
      expect(tokenizer.decode(tokenizer.encodeTarget(target))).toBe(target)
      expect(tokenizer.encode(source)).not.toContain(1)
      expect(tokenizer.encode(source).at(-1)).toBe(0)
    }
    expect(tokenizer.sourceSize).toBe(files.sourceSize)
    expect(Object.keys(JSON.parse(files.targetVocabulary ?? files.vocabulary))).toHaveLength(files.targetSize)
  })

  it('has </s> at 0, <unk> at 1 and <pad> last', () => {
    for (const sharing of ['joint', 'united', 'separate'] as const) {
      const { files } = train({ sharing })
      for (const [text, size] of [
        [files.vocabulary, files.sourceSize],
        [files.targetVocabulary ?? files.vocabulary, files.targetSize],
      ] as const)
        expect(JSON.parse(text)).toMatchObject({ '</s>': 0, '<unk>': 1, '<pad>': size - 1 })
    }
  })

  it('gives a joint model the ids of its .spm', () => {
    const { files, tokenizer } = train({ sharing: 'joint' })
    const model = SentencePiece.read(files.source, 'source.spm')
    expect(files.sourceSize).toBe(model.size)
    for (const { source } of pairs) expect(tokenizer.encode(source)).toEqual([...model.encode(source), 0])
  })

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
