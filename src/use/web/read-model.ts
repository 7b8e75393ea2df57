import { GlassformerError } from '../../base/errors.ts'
import type { Player } from '../../engine/backend/backend.ts'
import { wantsPanels } from '../../engine/weights/precision.ts'
import { loadModel } from '../../files/folders/load-model.ts'
import type { FolderContents, LoadedModel } from '../../files/folders/loaded-model.ts'
import { readModelFolder } from '../../files/folders/read-folder.ts'
import { SHORTLIST_FILE } from '../../files/folders/shortlist-file.ts'
import { FetchedFiles } from './fetched-files.ts'
import { KeptFolder, Wanted } from './kept-folder.ts'
import type { LoadProgress, ResolvedWebOptions } from './load-options.ts'
import type { CacheState, ModelPlace } from './messages.ts'

/**
 * Loads a model from its place. Cached files that do not belong together any more, because the server has newer ones,
 * are fetched anew.
 * @throws GlassformerError ERR_NETWORK, ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED, ERR_MEMORY
 */
export async function readModel(
  place: ModelPlace,
  { precision, cache, shortlist }: ResolvedWebOptions,
  player: Player,
  progress: (progress: LoadProgress) => void,
): Promise<{ model: LoadedModel; cache: CacheState }> {
  const storage = { precision, panels: wantsPanels(player.info), packing: player.packing }
  if ('files' in place) {
    const folder = new KeptFolder(place.name, (file) => `${place.name}/${file}`, new AllFiles(place.files))
    return { model: loadModel(placeOf(folder), readModelFolder(folder), storage), cache: { kept: false } }
  }
  const files = new FetchedFiles(place.url, progress)
  if (cache) await files.keep()
  const folder = new KeptFolder(place.url, (file) => files.urlOf(file), files.files)
  const read = async () => loadModel(placeOf(folder), await contentsOf(folder, files, shortlist), storage)
  try {
    return { model: await read(), cache: files.state }
  } catch (error) {
    if (!files.fromCache || !(error instanceof GlassformerError) || error.code === 'ERR_NETWORK') throw error
    await files.forget()
    return { model: await read(), cache: files.state }
  }
}

/** Creates the folder: the known files, all others being missing. */
class AllFiles extends Map<string, Blob | { missing: string }> {
  override get(name: string): Blob | { missing: string } {
    return super.get(name) ?? { missing: 'it is not among the files that were picked' }
  }
}

const placeOf = ({ path }: KeptFolder) => ({
  path,
  name: decodeURIComponent(/([^/]*)\/*$/.exec(path.replace(/[?#].*$/, ''))![1]),
})

const NOT_ASKED_FOR = 'it is fetched where the option shortlist of Translator.load asks for it'

/** Reads a folder repeatedly, each time with one more file, until nothing is missing. */
async function contentsOf(folder: KeptFolder, files: FetchedFiles, shortlist?: boolean): Promise<FolderContents> {
  for (;;) {
    try {
      const contents = readModelFolder(folder)
      contents.openTensors().close()
      if (!(shortlist ?? contents.generation.shortlist)) files.leave(SHORTLIST_FILE, NOT_ASKED_FOR)
      contents.readShortlist()
      return contents
    } catch (wanted) {
      if (!(wanted instanceof Wanted)) throw wanted
      await files.bring(wanted.file)
    }
  }
}
