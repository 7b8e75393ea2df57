import { GlassformerError } from '../../../base/errors.ts'
import type { Player } from '../../../engine/backend/interface/backend.ts'
import { wantsPanels } from '../../../engine/weights/precision.ts'
import { type LoadedEncoder, readEncoder } from '../../../files/folders/encoders/read-encoder-folder.ts'
import type { LoadedModel } from '../../../files/folders/layout/loaded-model.ts'
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
 * Loads a model that translates or hears from its place.
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
  if ('named' in place) {
    const named = await readNamed(place.named, { cache, download, mirrors, progress })
    if ('contents' in named)
      return { model: loadModel({ path: named.path, name: named.name }, named.contents, storage), cache: named.cache }
    return readModel(named, options, player, progress)
  }
  const { contents: model, cache: state } = await readPlaced(place, { cache, progress }, (folder, leave) => {
    const contents = folder.names() ? readAnyForm(folder) : readModelFolder(folder)
    contents.openTensors().close()
    if (!(shortlist ?? contents.generation.shortlist)) leave(SHORTLIST_FILE, NOT_ASKED_FOR)
    contents.readShortlist()
    return () => loadModel(placeOf(folder), contents, storage)
  })
  return { model, cache: state }
}

/** Loads an encoder from its place. @throws GlassformerError as `readModel` */
export async function readPlacedEncoder(
  place: ModelPlace,
  { precision, cache }: ResolvedWebOptions,
  player: Player,
  progress: (progress: LoadProgress) => void,
): Promise<{ model: LoadedEncoder; cache: CacheState }> {
  if ('named' in place)
    throw new GlassformerError('ERR_OPTION', `${place.named} is the name of a model that translates, and no encoder`)
  const storage = { precision, panels: wantsPanels(player.info), packing: player.packing }
  const { contents: model, cache: state } = await readPlaced(place, { cache, progress }, (folder) => {
    const read = readEncoder(folder, placeOf(folder), (name) => folder.within(name), storage)
    return () => read
  })
  return { model, cache: state }
}

/**
 * Has a folder read from its place, again and again, each time with one more file, until nothing is missing; what the
 * reading returns then makes the model. `leave` says that a file is not fetched, and why. Cached files that do not
 * belong together any more, because the server has newer ones, are fetched anew.
 */
async function readPlaced<T>(
  place: Exclude<ModelPlace, { named: string }>,
  { cache, progress }: { cache: boolean; progress: (progress: LoadProgress) => void },
  read: (folder: KeptFolder, leave: (file: string, why: string) => void) => () => T,
): Promise<{ contents: T; cache: CacheState }> {
  if ('files' in place) {
    const given = new GivenFiles(place.files)
    const names = [...place.files.keys()]
    const folder = new KeptFolder(place.name, (file) => `${place.name}/${file}`, given.files, names)
    return { contents: (await whole(given, () => read(folder, () => {})))(), cache: { kept: false } }
  }
  const files = new FetchedFiles(place.url, progress)
  if (cache) await files.keep()
  const folder = new KeptFolder(place.url, (file) => files.urlOf(file), files.files)
  const attempt = async () => (await whole(files, () => read(folder, (file, why) => files.leave(file, why))))()
  try {
    return { contents: await attempt(), cache: files.state }
  } catch (error) {
    if (!files.fromCache || !(error instanceof GlassformerError) || error.code === 'ERR_NETWORK') throw error
    await files.forget()
    return { contents: await attempt(), cache: files.state }
  }
}

/** Reads until no file is wanted any more. */
async function whole<T>(files: { bring(file: string): Promise<void> }, read: () => T): Promise<T> {
  for (;;) {
    try {
      return read()
    } catch (wanted) {
      if (!(wanted instanceof Wanted)) throw wanted
      await files.bring(wanted.file)
    }
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
