import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { GlassformerError } from '../../base/errors.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { fileError } from '../../formats/disk/read-file.ts'
import { argosMetadata } from '../folders/argos/package.ts'
import { readFolder } from '../folders/load.ts'
import { fetchWhole, locked } from '../hub/download.ts'
import { isOffline, ownCache, stallTime } from '../hub/environment.ts'
import { installedAs, PULLED, placeOf } from '../hub/installed.ts'
import { withMirror } from '../hub/passing-fault.ts'
import { type PullProgress, reporting } from '../hub/progress.ts'
import type { SourceName } from '../hub/source-name.ts'
import { bergamotSettings, chosenModel } from './choose.ts'
import { MOST_BYTES, type RegistryFile, type RegistryModel } from './entries.ts'
import { filesVariable, type ListedSource, registryModels } from './registry.ts'

/** How a model is pulled. */
export interface ListedPull {
  /** The folder of models; by default `models` in GLASSFORMER_CACHE. */
  models?: string
  progress?: (event: PullProgress) => void
  signal: AbortSignal
}

/**
 * Downloads a model that a registry lists, and returns the path that `Translator.load` takes. Files are unpacked and
 * checked, and the model is read, in a folder of their own; then the folder is moved to its place.
 * @throws GlassformerError ERR_HUB, ERR_NETWORK, ERR_CHECKSUM, ERR_FILE, ERR_OPTION, and as the readers of folders
 */
export async function pullListed(name: SourceName & { source: ListedSource }, how: ListedPull): Promise<string> {
  const { models = join(ownCache(), 'models'), signal } = how
  if (isOffline()) return offline(name, models)
  const model = chosenModel(await registryModels(name.source, signal), name)
  const files = model.files()
  const place = placeOf(models, model)
  const known = JSON.stringify(files)
  makeFolder(join(models, '.partial'))
  const release = await locked(join(models, '.partial', `${model.name.replaceAll('/', '--')}.lock`), signal)
  try {
    const path = join(place, modelFile(model, files) ?? '')
    if (filesOf(place) === known && existsSync(path)) return path
    await bring(model, files, { ...how, models })
    return path
  } catch (error) {
    throw withMirror(error, filesVariable(name.source))
  } finally {
    release()
  }
}

function offline(name: SourceName, models: string): string {
  const found = installedAs(name, models)
  if (found) return found.path
  throw new GlassformerError(
    'ERR_FILE',
    `${name.source}/${name.from}-${name.to} is not in ${models}, and HF_HUB_OFFLINE keeps it from being downloaded: unset that, and pull it`,
  )
}

/** The file that is the model; undefined where the folder is. */
const modelFile = ({ source }: RegistryModel, files: readonly RegistryFile[]) =>
  source === 'argos' ? files[0].name : undefined

function filesOf(place: string): string | null {
  try {
    return JSON.stringify(JSON.parse(readFileSync(join(place, PULLED), 'utf8')).files)
  } catch {
    return null
  }
}

async function bring(
  model: RegistryModel,
  files: readonly RegistryFile[],
  { models, progress, signal }: ListedPull & { models: string },
): Promise<void> {
  const names = files.map(({ name }) => name)
  if (new Set(names).size < names.length)
    throw new GlassformerError('ERR_HUB', `${model.name}: two files are called alike: tell the registry's owner`)
  for (const { name, size } of files) progress?.({ status: 'initiate', name: model.name, file: name, total: size ?? 0 })
  const partial = join(models, '.partial')
  const staged = mkdtempSync(join(partial, 'new-'))
  const folder = join(staged, `${model.from}-${model.to}`)
  const received: string[] = []
  try {
    makeFolder(folder)
    let size = 0
    for (const file of files) {
      const report = reporting(model.name, { ...remote(file, 0), size: null }, progress)
      const path = await downloaded(file, model, { partial, reached: report.reached, signal })
      try {
        size += await unpacked(path, join(folder, file.name), file)
      } catch (error) {
        rmSync(path, { force: true }) // it would be resumed, and be wrong again
        throw error
      }
      received.push(path)
      report.done()
    }
    describe(folder, model, { files, size })
    checkModel(folder, model, files)
    replaceFolder(folder, placeOf(models, model), staged)
    for (const path of received) rmSync(path, { force: true })
  } catch (error) {
    if (error instanceof GlassformerError && /FORMAT|UNSUPPORTED|CHECKSUM/.test(error.code))
      for (const path of received) rmSync(path, { force: true })
    throw error
  } finally {
    rmSync(staged, { recursive: true, force: true })
  }
}

const remote = ({ name, size, isPacked, addresses }: RegistryFile, nth: number) => ({
  name,
  address: addresses[nth],
  commit: '',
  etag: '',
  size: isPacked ? null : size,
  most: (size ?? MOST_BYTES) + (1 << 20), // gzip adds little where it gains nothing
  sha256: null,
})

/** Downloads a file as it is packed, from the first of its addresses that has it, and returns its path. */
async function downloaded(
  file: RegistryFile,
  { name }: RegistryModel,
  { partial, reached, signal }: { partial: string; reached(loaded: number): void; signal: AbortSignal },
): Promise<string> {
  let last: unknown
  for (const [nth, address] of file.addresses.entries()) {
    const key = createHash('sha256').update(`${address} ${file.sha256}`).digest('hex').slice(0, 32)
    const path = join(partial, `${key}.incomplete`)
    const { origin } = new URL(address)
    const connection = { token: null, stallTime: stallTime(), signal }
    try {
      await fetchWhole(path, remote(file, nth), { endpoint: origin, name, revision: 'main', connection }, reached)
      return path
    } catch (error) {
      signal.throwIfAborted()
      last = error
    }
  }
  throw last
}

/** Unpacks and checks a file; returns its bytes. Memory does not grow with them. @throws GlassformerError ERR_CHECKSUM, ERR_FILE */
async function unpacked(from: string, to: string, { name, isPacked, size, sha256 }: RegistryFile): Promise<number> {
  const wrong = (what: string) =>
    new GlassformerError(
      'ERR_CHECKSUM',
      `${name}: ${what}: nothing of it is kept; pull again, or tell the registry's owner`,
    )
  const hash = createHash('sha256')
  const output = await open(to, 'wx')
  let count = 0
  try {
    const input = createReadStream(from)
    const stream = isPacked ? input.pipe(createGunzip()) : input
    input.on('error', (error) => stream.destroy(error))
    for await (const part of stream as AsyncIterable<Buffer>) {
      count += part.length
      if (count > (size ?? MOST_BYTES)) throw wrong(`it unpacks to more than ${size ?? MOST_BYTES} bytes`)
      hash.update(part)
      await output.writeFile(part)
    }
    await output.sync()
  } catch (cause) {
    if (cause instanceof GlassformerError) throw cause
    if (/^Z_/.test((cause as NodeJS.ErrnoException).code ?? '')) throw wrong('it is no file of gzip, or a damaged one')
    throw fileError('write', to, cause)
  } finally {
    await output.close()
  }
  if (size !== null && count !== size) throw wrong(`it unpacks to ${count} bytes where the registry says ${size}`)
  const found = hash.digest('hex')
  if (sha256 !== null && found !== sha256) throw wrong(`its SHA-256 is ${found} where the registry says ${sha256}`)
  return count
}

/** Writes what the folder was pulled from, and for Firefox's models the settings with which Firefox searches. */
function describe(
  folder: string,
  model: RegistryModel,
  { files, size }: { files: readonly RegistryFile[]; size: number },
): void {
  const { name, licence, quality } = model
  const pulled = { name, licence, quality, size, file: modelFile(model, files), files }
  try {
    writeFileSync(join(folder, PULLED), `${JSON.stringify(pulled, null, 2)}\n`)
    if (model.source === 'firefox') writeFileSync(join(folder, 'config.yml'), bergamotSettings(files))
  } catch (cause) {
    throw fileError('write', folder, cause)
  }
}

/** Reads the model, so that nothing comes to its place that no reader takes. */
function checkModel(folder: string, model: RegistryModel, files: readonly RegistryFile[]): void {
  const path = join(folder, modelFile(model, files) ?? '')
  readFolder(path).openTensors().close()
  if (model.source !== 'argos') return
  const { from, to } = argosMetadata(path)
  if (from !== model.from || to !== model.to)
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${model.name} is a package for ${from}-${to}: tell the index's owner`,
    )
}

/** Moves a folder to its place; the one that is there leaves first, and comes back where the move fails. */
function replaceFolder(folder: string, place: string, staged: string): void {
  const former = join(staged, 'former')
  makeFolder(dirname(place))
  try {
    if (existsSync(place)) renameSync(place, former)
    renameSync(folder, place)
  } catch (cause) {
    if (existsSync(former) && !existsSync(place)) renameSync(former, place)
    throw fileError('write', place, cause)
  }
}
