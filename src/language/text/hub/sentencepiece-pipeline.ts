import { GlassformerError } from '../../../base/errors.ts'
import { entryOf } from '../../../base/present.ts'
import type { SentencePiece } from '../sentencepiece/sentencepiece.ts'
import { stripSpaces } from '../sentences/spaces.ts'
import { type AddedToken, AddedTokens, specialToken } from './added-tokens.ts'
import { metaspace } from './decoders.ts'
import type { Pipeline } from './pipeline.ts'
import { endedBy } from './template.ts'
import { wellFormed, withAdded } from './tokenizer-json.ts'
import type { Vocabulary } from './vocabulary.ts'

/** The special tokens of a folder, by their names in tokenizer_config.json. */
export interface SpecialNames {
  begin: string
  end: string
  unknown: string
  padding: string
  mask: string | null
  /** Further special tokens, in the order of their ids. */
  further: readonly string[]
  /** The ids of added tokens, where the files list them. */
  ids: ReadonlyMap<string, number>
}

/** The mapping from the ids of a SentencePiece model to those of a folder. */
export interface PieceIds {
  /** The tokens by id: the pieces of the model, and the tokens that the folder's class inserts between them. */
  tokens: (string | undefined)[]
  idOf(piece: number): number
}

/** T5: the ids are the model's, and `<extra_id_0>` is the last of the extra ids after them. */
export function t5Pieces(model: SentencePiece, extraIds: number): PieceIds {
  const tokens: string[] = piecesOf(model)
  for (let extra = extraIds - 1; extra >= 0; extra--) tokens.push(`<extra_id_${extra}>`)
  return { tokens, idOf: (piece) => piece }
}

/**
 * fairseq's order (NLLB, mBART): `<s>`, padding, end and unknown come first, and the model's pieces from the fourth on
 * follow one id later.
 */
export function fairseqPieces(model: SentencePiece, { begin, padding, end, unknown }: SpecialNames): PieceIds {
  const tokens = [begin, padding, end, unknown, ...piecesOf(model).slice(3)]
  return { tokens, idOf: (piece) => (piece === model.unkId ? 3 : piece + 1) }
}

/** Pegasus: the model's pieces from the third on are `offset` ids later, after masks and unused tokens. */
export function pegasusPieces(
  model: SentencePiece,
  offset: number,
  { padding, end, mask, further }: SpecialNames,
): PieceIds {
  const tokens: string[] = [padding, end, ...(offset > 0 ? [further[0] ?? '<mask_1>', mask ?? '<mask_2>'] : [])]
  for (let unused = 2; tokens.length < offset + 2; unused++) tokens.push(`<unk_${unused}>`)
  return {
    tokens: [...tokens, ...piecesOf(model).slice(2)],
    idOf: (piece) => piece + offset,
  }
}

const piecesOf = (model: SentencePiece): string[] => Array.from({ length: model.size }, (_, id) => model.idToPiece(id))

/**
 * A SentencePiece model whose pieces have other ids. Special tokens in a text have their own ids, and each text between
 * them is tokenized separately.
 */
export function sentencePiecePipeline(
  model: SentencePiece,
  { tokens: pieces, idOf }: PieceIds,
  names: SpecialNames,
  where: string,
): Pipeline {
  const added = addedTo(pieces, names)
  const finder = new AddedTokens(added, (text) => text)
  const decode = metaspace('\u2581', true)
  const tokens = withAdded(pieces, added)
  return {
    tokens,
    added,
    canCleanUp: model.type !== 'bpe',
    template: endedBy(idIn(tokens, names.end, where)),
    idsOf: (text) =>
      finder.split(wellFormed(text)).flatMap((part) => ('id' in part ? [part.id] : model.encode(part.text).map(idOf))),
    textOf: (texts) => decode(texts).join(''),
  }
}

/** M2M100: pieces have the ids of vocab.json, and a text is decoded by the model itself, without spaces beside special tokens. */
export function vocabularyPipeline(
  model: SentencePiece,
  vocabulary: Vocabulary,
  names: SpecialNames,
  where: string,
): Pipeline {
  const added = addedTo(vocabulary.tokens, names)
  const finder = new AddedTokens(added, (text) => text)
  const tokens = withAdded(vocabulary.tokens, added)
  const unknown = idIn(tokens, names.unknown, where)
  return {
    tokens,
    added,
    canCleanUp: true,
    template: endedBy(idIn(tokens, names.end, where)),
    idsOf: (text) =>
      finder
        .split(text)
        .flatMap((part) =>
          'id' in part ? [part.id] : model.encodePieces(part.text).map((piece) => vocabulary.ids.get(piece) ?? unknown),
        ),
    textOf(texts, isSpecial) {
      let text = ''
      let pieces: string[] = []
      for (const token of texts) {
        if (!isSpecial(token)) pieces.push(token)
        else {
          text += model.decodePieces(pieces) + token
          pieces = []
        }
      }
      return stripSpaces(text + model.decodePieces(pieces))
    },
  }
}

/** The special tokens by id: pieces, then tokens with ids in the files, and after all of them the others. */
function addedTo(pieces: readonly (string | undefined)[], names: SpecialNames): AddedToken[] {
  const { begin, end, unknown, padding, mask, further, ids } = names
  const idOf = new Map(pieces.map((piece, id) => [piece, id] as const))
  let next = pieces.length
  const added = new Map<string, AddedToken>()
  const add = (content: string, otherwise?: number) => {
    const id = ids.get(content) ?? idOf.get(content) ?? otherwise
    if (id === undefined || added.has(content)) return
    next = Math.max(next, id + 1)
    added.set(content, { ...specialToken(content, id), lstrip: content === mask })
  }
  for (const content of [begin, end, unknown, padding]) add(content)
  for (const content of further) add(content, next)
  if (mask !== null) add(mask, next)
  for (const piece of pieces)
    if (piece !== undefined && /^<(extra_id|unk)_\d+>$/.test(piece))
      added.set(piece, specialToken(piece, entryOf(idOf, piece)))
  for (const [content, id] of ids) if (!added.has(content)) added.set(content, specialToken(content, id))
  return [...added.values()]
}

function idIn(tokens: readonly (string | undefined)[], token: string, where: string): number {
  const id = tokens.indexOf(token)
  if (id >= 0) return id
  throw new GlassformerError('ERR_TOKENIZER_FORMAT', `${where}: the vocabulary has no token '${token}'`)
}
