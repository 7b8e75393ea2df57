import { areSameBytes } from '../../../base/bytes.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { entryOf } from '../../../base/present.ts'
import type { SpecialIds } from '../../../engine/model/config/config.ts'
import { tokenizerFile } from '../../../formats/disk/file-limit.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import { parseFlatYaml } from '../../../formats/marian/flat-yaml.ts'
import { idsOf, readSentencePieceModel } from '../../../formats/pieces/sentencepiece-model.ts'
import type { TokenizerContents } from '../tokenizers/tokenizer-files.ts'

/** The vocabularies of a Marian model: their tokenizer, and the special ids. */
export interface MarianVocabularies {
  tokenizer: TokenizerContents
  ids: SpecialIds
  /** The number of ids in each vocabulary. */
  sizes: readonly [source: number, target: number]
}

/** The end-of-sentence word, and words that a vocabulary lacks. */
const END = '</s>'
const UNKNOWN = '<unk>'

/** The suffix of a word piece that continues in the next piece, in text split by Moses' tools. */
const JOINER = '@@'

/**
 * Reads the vocabularies of source and target: SentencePiece models (`.spm`), or lists of words with their ids
 * (`.yml`). The words of a list are pieces where the folder also has a source.spm and a target.spm, as models of
 * OPUS-MT do; otherwise texts are split at white space.
 * @throws GlassformerError ERR_TOKENIZER_FORMAT with the offset, ERR_FILE, ERR_UNSUPPORTED
 */
export function readMarianVocabularies(
  folder: Folder,
  [source, target]: readonly [string, string],
): MarianVocabularies {
  const kinds = [source, target].map((name) => (name.endsWith('.spm') ? 'spm' : /\.ya?ml$/.test(name) ? 'yml' : null))
  if (kinds[0] === null || kinds[0] !== kinds[1])
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${folder.at(source)}${source === target ? '' : ` and ${folder.at(target)}`}: vocabularies in .spm or .yml can be read, both sides alike`,
    )
  return kinds[0] === 'spm' ? sentencePieces(folder, source, target) : words(folder, source, target)
}

function sentencePieces(folder: Folder, source: string, target: string): MarianVocabularies {
  const read = (name: string) => {
    const path = folder.at(name)
    const bytes = folder.bytes(name, tokenizerFile)
    const { pieces, trainer } = readSentencePieceModel(bytes, path)
    const end = pieces.texts.indexOf(trainer.eosPiece)
    if (end < 0 || pieces.types[end] !== 'control')
      throw new GlassformerError('ERR_TOKENIZER_FORMAT', `${path}: there is no piece that ends a sentence (${END})`)
    return { bytes, end, unknown: idsOf('unknown', pieces.types)[0] ?? null, size: pieces.texts.length }
  }
  const first = read(source)
  const second = target === source ? first : read(target)
  checkEnds(first.end, second.end, folder.at(source), target)
  const shared = second === first || areSameBytes(first.bytes, second.bytes)
  return {
    tokenizer: { kind: 'sentencepiece', source: first.bytes, ...(shared ? {} : { target: second.bytes }) },
    ids: special(second.end, second.unknown),
    sizes: [first.size, second.size],
  }
}

function words(folder: Folder, source: string, target: string): MarianVocabularies {
  const first = readWords(folder, source)
  const second = target === source ? first : readWords(folder, target)
  checkEnds(entryOf(first.ids, END), entryOf(second.ids, END), folder.at(source), target)
  const ids = special(entryOf(second.ids, END), entryOf(second.ids, UNKNOWN))
  const sizes = [first.list.length, second.list.length] as const
  if (folder.has('source.spm') && folder.has('target.spm')) {
    const json = ({ ids: found }: typeof first) => JSON.stringify(Object.fromEntries(found))
    return {
      ids,
      sizes,
      tokenizer: {
        kind: 'marian',
        source: folder.bytes('source.spm', tokenizerFile),
        target: folder.bytes('target.spm', tokenizerFile),
        vocabulary: json(first),
        ...(second === first ? {} : { targetVocabulary: json(second) }),
        configuration: second === first ? {} : { separate_vocabs: true },
      },
    }
  }
  const lines = ({ list }: typeof first) => `${list.join('\n')}\n`
  const joined = second.list.some((word) => word.endsWith(JOINER))
  return {
    ids,
    sizes,
    tokenizer: {
      kind: 'words',
      source: lines(first),
      ...(second === first ? {} : { target: lines(second) }),
      ...(joined ? { joiner: JOINER } : {}),
    },
  }
}

/** The words of a YAML list by id; ids are 0, 1, 2 … without gaps. */
function readWords(folder: Folder, name: string): { list: string[]; ids: Map<string, number> } {
  const path = folder.at(name)
  const found = parseFlatYaml(folder.text(name, tokenizerFile), path, 'ERR_TOKENIZER_FORMAT')
  const damaged = (what: string) => new GlassformerError('ERR_TOKENIZER_FORMAT', `${path}: ${what}`)
  const ids = new Map<string, number>()
  const list: string[] = new Array(found.size)
  for (const [word, id] of found) {
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0 || id >= found.size)
      throw damaged(`the id of ${JSON.stringify(word)} is ${id}, where ${found.size} words have the ids from 0 on`)
    if (list[id] !== undefined)
      throw damaged(`${JSON.stringify(word)} and ${JSON.stringify(list[id])} both have the id ${id}`)
    list[id] = word
    ids.set(word, id)
  }
  for (const word of [END, UNKNOWN]) if (!ids.has(word)) throw damaged(`the word ${word} is missing`)
  return { list, ids }
}

function checkEnds(first: number, second: number, source: string, target: string): void {
  if (first === second) return
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${source} ends a sentence with id ${first}, and ${target} with ${second}: one end for both sides can be read here`,
  )
}

/** Marian's decoders start with a zero vector. */
const special = (end: number, unknown: number | null): SpecialIds => ({ end, start: null, padding: null, unknown })
