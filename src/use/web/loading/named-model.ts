import { GlassformerError, messageOf } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import { packageIn, readArgosFolders } from '../../../files/folders/argos/contents.ts'
import type { FolderContents } from '../../../files/folders/layout/loaded-model.ts'
import { readAnyForm } from '../../../files/folders/read-any-form.ts'
import { opusNames, type SourceName, sourceName } from '../../../files/hub/source-name.ts'
import { bergamotSettings, chosenModel } from '../../../files/registry/choose.ts'
import { MOST_JSON, parsedRegistry, type RegistryFile, registries } from '../../../files/registry/entries.ts'
import { checkNames, isBomb, type ZipEntry, zipEntries } from '../../../formats/zip/zip.ts'
import { type Kept, keyOfName, openCache } from './cache-storage.ts'
import { KeptFolder } from './kept-folder.ts'
import type { LoadProgress, Mirrors } from './load-options.ts'
import type { CacheState } from './messages.ts'
import { collected, fetchChecked, fetchedFrom } from './registry-file.ts'
import { type StoredFile, stored } from './stored-file.ts'

/** How a name is looked up. */
export interface NamedOptions {
  cache: boolean
  download: boolean
  mirrors: Mirrors
  progress(progress: LoadProgress): void
}

/** The model that a name means: read, except its weights, or the URL of its folder. */
export type NamedModel = { url: string } | { path: string; name: string; contents: FolderContents; cache: CacheState }

/** The files of a model, as the registry lists them; kept in the browser under the name by which it was asked for. */
interface Listed {
  /** As in `firefox/fr-en/tiny`. */
  name: string
  files: RegistryFile[]
}

/**
 * Finds a model by its name, in the browser's cache or, with `download`, in its registry. Sizes and SHA-256 are checked,
 * and nothing is kept before. A model that is kept is read without its registry.
 * @throws GlassformerError ERR_FILE where it is not here and `download` is false; ERR_HUB, ERR_NETWORK, ERR_CHECKSUM,
 * and as the readers of folders
 */
export async function readNamed(text: string, options: NamedOptions): Promise<NamedModel> {
  const name = present(sourceName(text))
  const storage = await storageFor(options.cache)
  if (name.source === 'opus-mt') return opusFolder(text, name, options, storage.kept)
  const known = await keptList(text, storage.kept)
  if (!known && !options.download) throw notHere(text)
  const listed = known ?? (await listedIn(name.source, name, options.mirrors))
  const files = new Map<string, StoredFile>()
  for (const file of listed.files) files.set(file.name, await stored(await broughtFile(file, listed, options, storage)))
  const contents = name.source === 'argos' ? await argosContents(listed, files) : await firefoxContents(listed, files)
  if (!known) await storage.put(keyOf(text, 'named.json'), new Blob([JSON.stringify(listed)]))
  return { path: listed.name, name: listed.name.replaceAll('/', '-'), contents, cache: storage.state }
}

const notHere = (text: string) =>
  new GlassformerError(
    'ERR_FILE',
    `${text} is not in this browser's cache: Translator.load('${text}', { download: true }) downloads it`,
  )

const keyOf = (name: string, file: string) => new URL(file, keyOfName(name)).href

/** The browser's cache, as far as it keeps anything. */
async function storageFor(cache: boolean) {
  const storage: { kept: Kept | null; state: CacheState; put(key: string, blob: Blob): Promise<void> } = {
    kept: null,
    state: { kept: false },
    async put(key, blob) {
      try {
        await storage.kept?.put(key, new Response(blob))
      } catch (error) {
        storage.kept = null
        storage.state = { kept: false, reason: messageOf(error) }
      }
    },
  }
  if (!cache) return storage
  try {
    storage.kept = await openCache()
    storage.state = { kept: true }
  } catch (error) {
    storage.state = { kept: false, reason: messageOf(error) }
  }
  return storage
}

type Storage = Awaited<ReturnType<typeof storageFor>>

async function keptList(text: string, kept: Kept | null): Promise<Listed | null> {
  const response = await kept?.match(keyOf(text, 'named.json')).catch(() => undefined)
  return response ? response.json().catch(() => null) : null
}

async function listedIn(source: 'firefox' | 'argos', name: SourceName, mirrors: Mirrors): Promise<Listed> {
  const { address: usual, read } = registries[source]
  const address = mirrors[source] ?? usual
  const response = await fetchedFrom(address)
  if (!response) throw new GlassformerError('ERR_HUB', `${address} is missing (404): check the option mirrors`)
  const blob = await collected(present(response.body), MOST_JSON, address)
  if (!blob) throw new GlassformerError('ERR_HUB', `${address} has more than ${MOST_JSON} bytes: it is no registry`)
  const model = chosenModel(read(parsedRegistry(await blob.text(), address), address, mirrors[`${source}Files`]), name)
  return { name: model.name, files: model.files() }
}

/** A file from the cache, or from its address; the file is then kept. */
async function broughtFile(
  file: RegistryFile,
  { name }: Listed,
  { download, progress }: NamedOptions,
  storage: Storage,
): Promise<Blob> {
  const key = `${keyOf(name, file.name)}?${file.sha256 ?? ''}`
  const response = await storage.kept?.match(key).catch(() => undefined)
  if (response) {
    const blob = await response.blob()
    progress({ file: file.name, loaded: blob.size, total: blob.size, cached: true })
    return blob
  }
  if (!download) throw notHere(name)
  const blob = await fetchChecked(file, (loaded) =>
    progress({ file: file.name, loaded, total: file.size, cached: false }),
  )
  await storage.put(key, blob)
  return blob
}

/** A folder of files that are all here. */
const folderOf = (path: string, files: ReadonlyMap<string, StoredFile>) =>
  new KeptFolder(
    path,
    (name) => `${path}/${name}`,
    { get: (name) => files.get(name) ?? { missing: 'the model has no such file' } },
    [...files.keys()],
  )

async function firefoxContents(
  { name, files: listed }: Listed,
  files: Map<string, StoredFile>,
): Promise<FolderContents> {
  files.set('config.yml', await stored(new Blob([bergamotSettings(listed)])))
  return readAnyForm(folderOf(name, files))
}

/** The most bytes of an unpacked file of a package. */
const MOST_UNPACKED = 2 ** 31

/** Unpacks a package in memory: readers of folders do not wait, and browsers inflate nothing without waiting. */
async function argosContents({ name, files: [file] }: Listed, files: Map<string, StoredFile>): Promise<FolderContents> {
  const archive = folderOf(name, files).open(file.name)
  const entries = zipEntries(archive)
  checkNames(entries, archive.path)
  const top = packageIn([...entries.keys()], archive.path)
  const inside = async (prefix: string) => {
    const unpacked = new Map<string, StoredFile>()
    for (const [path, entry] of entries) {
      const rest = path.startsWith(prefix) ? path.slice(prefix.length) : ''
      if (rest && !rest.includes('/')) unpacked.set(rest, await inflated(present(files.get(file.name)), entry, path))
    }
    return folderOf(`${name}/${prefix.slice(0, -1)}`, unpacked)
  }
  return readArgosFolders({ package: await inside(`${top}/`), model: await inside(`${top}/model/`) })
}

async function inflated(archive: StoredFile, entry: ZipEntry, path: string): Promise<StoredFile> {
  const wrong = (what: string) => new GlassformerError('ERR_MODEL_FORMAT', `${path}, offset ${entry.offset}: ${what}`)
  if (!entry.isReadable) throw wrong('it is encrypted, or compressed in another way than by deflate')
  if (isBomb(entry) || entry.size > MOST_UNPACKED)
    throw wrong(`${entry.stored} bytes become ${entry.size}: this is no package`)
  const packed = archive.bytes(entry.offset, entry.offset + entry.stored, path)
  if (!entry.isDeflated) return { size: packed.length, bytes: (from, to) => packed.subarray(from, to) }
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  const blob = await collected(stream, entry.size, path).catch(() => null)
  if (blob?.size !== entry.size) throw wrong(`it does not unpack to ${entry.size} bytes: it is damaged`)
  return stored(blob)
}

/** The folder of the first name that the hub has, or that is kept. */
async function opusFolder(
  text: string,
  name: SourceName,
  { download, mirrors }: NamedOptions,
  kept: Kept | null,
): Promise<{ url: string }> {
  const hub = (mirrors.hub ?? 'https://huggingface.co').replace(/\/+$/, '')
  const folders = opusNames(name).map((each) => `${hub}/${each}/resolve/main/`)
  for (const url of folders) if (await kept?.match(`${url}config.json`).catch(() => undefined)) return { url }
  if (!download) throw notHere(text)
  for (const url of folders) if (await fetchedFrom(`${url}config.json`)) return { url }
  throw new GlassformerError('ERR_HUB', `the hub has none of ${opusNames(name).join(' and ')}: check the pair`)
}
