import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSentencePieceModel } from '#dist/formats/pieces/sentencepiece-model.js'

const special = ['</s>', '<unk>', '<pad>']

/**
 * The tokenizer.json of a Marian folder, which transformers.js needs: pieces in the order of vocab.json, with the
 * scores of source.spm. Texts are not normalized.
 */
export function fastTokenizer(folder: string): object {
  const ids: Record<string, number> = JSON.parse(readFileSync(join(folder, 'vocab.json'), 'utf8'))
  const source = readSentencePieceModel(readFileSync(join(folder, 'source.spm')), 'source.spm')
  const scores = new Map(source.pieces.texts.map((piece, i) => [piece, source.pieces.scores[i]]))
  const vocab = Object.entries(ids).sort(([, a], [, b]) => a - b)
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content) => ({
      id: ids[content],
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', add_prefix_space: true, prepend_scheme: 'always' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
      pair: [
        { Sequence: { id: 'A', type_id: 0 } },
        { Sequence: { id: 'B', type_id: 0 } },
        { SpecialToken: { id: '</s>', type_id: 0 } },
      ],
      special_tokens: { '</s>': { id: '</s>', ids: [ids['</s>']], tokens: ['</s>'] } },
    },
    decoder: { type: 'Metaspace', replacement: '▁', add_prefix_space: true, prepend_scheme: 'always' },
    model: { type: 'Unigram', unk_id: ids['<unk>'], vocab: vocab.map(([piece]) => [piece, scores.get(piece) ?? -100]) },
  }
}
