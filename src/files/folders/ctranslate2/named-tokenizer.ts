import { basename, dirname, join } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import { DiskFolder } from '../../../formats/disk/disk-folder.ts'
import { tokenizerJsonFile } from '../../../formats/disk/file-limit.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import { isFolder, readBytes } from '../../../formats/disk/read-file.ts'
import { takesTexts } from '../tokenizers/tokenizer-files.ts'
import type { Beside } from './folder.ts'
import { CODES_FILE, findTokenizer } from './tokenizer.ts'

/**
 * The tokenizer at a path: a file (tokenizer.json, a SentencePiece model for both sides, or the codes of subword-nmt,
 * under any name), or a folder that has such files under their usual names.
 * @throws GlassformerError ERR_FILE, ERR_TOKENIZER_FORMAT
 */
export const namedTokenizer =
  (path: string): Beside =>
  (model) => {
    const folder: Folder = isFolder(path) ? new DiskFolder(path) : new FolderOfTokenizer(path)
    const tokenizer = findTokenizer(folder, model)
    if (!takesTexts(tokenizer))
      throw new GlassformerError(
        'ERR_FILE',
        `${path} (option 'tokenizer') has no tokenizer.json, source.spm, sentencepiece.model or ${CODES_FILE}: give the file itself`,
      )
    return { tokenizer, tokenizerPath: path }
  }

/** Settings that belong to a tokenizer.json. */
const companions = ['tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json']

/** A folder that has one file of a tokenizer, under the usual name of its kind. */
class FolderOfTokenizer extends DiskFolder {
  readonly #file: string
  readonly #usual: string

  constructor(file: string) {
    super(dirname(file))
    this.#file = basename(file)
    this.#usual = usualName(file)
  }

  override at(name: string): string {
    return join(this.path, name === this.#usual ? this.#file : name)
  }

  override has(name: string): boolean {
    if (name === this.#usual) return true
    return this.#usual === 'tokenizer.json' && companions.includes(name) && super.has(name)
  }
}

/** The usual name of a tokenizer's file, by its first bytes. */
function usualName(file: string): string {
  const begin = Buffer.from(readBytes(file, tokenizerJsonFile).subarray(0, 64)).toString('latin1')
  if (/^(\xef\xbb\xbf)?\s*\{/.test(begin)) return 'tokenizer.json'
  return begin.startsWith('#version') ? CODES_FILE : 'sentencepiece.model'
}
