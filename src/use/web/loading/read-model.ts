import { GlassformerError } from '../../../base/errors.ts'
import type { Player } from '../../../engine/backend/interface/backend.ts'
import { wantsPanels } from '../../../engine/weights/precision.ts'
import type { FolderContents, LoadedModel } from '../../../files/folders/layout/loaded-model.ts'
import { SHORTLIST_FILE } from '../../../files/folders/layout/shortlist-file.ts'
import { loadModel } from '../../../files/folders/load-model.ts'
import { readAnyForm } from '../../../files/folders/read-any-form.ts'
import { readModelFolder } from '../../../files/folders/read-folder.ts'
import { FetchedFiles } from './fetched-files.ts'
import { KeptFolder, Wanted } from './kept-folder.ts'
import type { LoadProgress, ResolvedWebOptions } from './load-options.ts'
import type { CacheState, ModelPlace } from './messages.ts'
import { readNamed } from './named-model.ts'
import { type StoredFile, stored } from './stored-file.ts'

/**
 * Loads a model from its place. Cached files that do not belong together any more, because the server has newer ones,
 * are fetched anew.
 * @throws GlassformerError ERR_NETWORK, ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED, ERR_MEMORY
 */
export async function readModel(
  place: ModelPlace,
  options: ResolvedWebOptions,
  player: Player,
  progress: (progress: LoadProgress) => void,
): Promise<{ model: LoadedModel; cache: CacheState }> {
  const { precision, cache, shortlist, download, mirrors = {} } = options
  const storage = { precision, panels: wantsPanels(player.info), packing: player.packing }
  if ('files' in place) {
    const files = new GivenFiles(place.files)
    const names = [...place.files.keys()]
    const folder = new KeptFolder(place.name, (file) => `${place.name}/${file}`, files.files, names)
    return { model: loadModel(placeOf(folder), await contentsOf(folder, files), storage), cache: { kept: false } }
  }
  if ('named' in place) {
    const named = await readNamed(place.named, { cache, download, mirrors, progress })
    if ('contents' in named)
      return { model: loadModel({ path: named.path, name: named.name }, named.contents, storage), cache: named.cache }
    return readModel(named, options, player, progress)
  }
  const files = new FetchedFiles(place.url, progress)
  if (cache) await files.keep()
  const folder = new KeptFolder(place.url, (file) => files.urlOf(file), files.files)
  const leaveShortlist = ({ generation }: FolderContents) => {
    if (!(shortlist ?? generation.shortlist)) files.leave(SHORTLIST_FILE, NOT_ASKED_FOR)
  }
  const read = async () => loadModel(placeOf(folder), await contentsOf(folder, files, leaveShortlist), storage)
  try {
    return { model: await read(), cache: files.state }
  } catch (error) {
    if (!files.fromCache || !(error instanceof GlassformerError) || error.code === 'ERR_NETWORK') throw error
    await files.forget()
    return { model: await read(), cache: files.state }
  }
}

/** Files that are here, each of which is opened when the folder asks for it. */
class GivenFiles {
  readonly files = new Map<string, StoredFile | { missing: string }>()
  readonly #given: ReadonlyMap<string, Blob>

  constructor(given: ReadonlyMap<string, Blob>) {
    this.#given = given
  }

  async bring(file: string): Promise<void> {
    const blob = this.#given.get(file)
    this.files.set(file, blob ? await stored(blob) : { missing: 'it is not among the files that were picked' })
  }
}

const placeOf = ({ path }: KeptFolder) => ({
  path,
  // biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
  name: decodeURIComponent(/([^/]*)\/*$/.exec(path.replace(/[?#].*$/, ''))![1]),
})

const NOT_ASKED_FOR = 'it is fetched where the option shortlist of Translator.load asks for it'

/**
 * Reads a folder repeatedly, each time with one more file, until nothing is missing; `settled` is called when its
 * settings are known.
 */
async function contentsOf(
  folder: KeptFolder,
  files: { bring(file: string): Promise<void> },
  settled?: (contents: FolderContents) => void,
): Promise<FolderContents> {
  for (;;) {
    try {
      const contents = folder.names() ? readAnyForm(folder) : readModelFolder(folder)
      contents.openTensors().close()
      settled?.(contents)
      contents.readShortlist()
      return contents
    } catch (wanted) {
      if (!(wanted instanceof Wanted)) throw wanted
      await files.bring(wanted.file)
    }
  }
}
