import {
  copyFileSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { fileError, hasFile } from '../../formats/disk/read-file.ts'
import { partialName, replaceText } from '../../formats/disk/replace-file.ts'
import { weightFiles } from '../../formats/tensors/safetensors-header.ts'
import { cacheFolder } from './environment.ts'
import { folderOfModel, isModelName, isPlainName } from './model-name.ts'

/**
 * The folder of a model in the cache, in the layout of Python's huggingface_hub: files in `blobs/`, named after their
 * etags; a folder of links to them in `snapshots/` for each commit; and in `refs/` the commit of each branch or tag.
 */
export class CachedRepository {
  readonly #cache: string
  readonly #folder: string
  readonly #locks: string

  constructor(name: string, cache: string) {
    this.#cache = resolve(cache)
    this.#folder = join(this.#cache, folderOfModel(name))
    this.#locks = join(this.#cache, '.locks', folderOfModel(name))
  }

  /** Makes the folders for files of a commit. @throws GlassformerError ERR_FILE where a link leads out of the cache */
  prepare(commit: string): void {
    makeFolder(this.#cache)
    for (const folder of [
      join(this.#folder, 'blobs'),
      this.snapshot(commit),
      join(this.#folder, 'refs'),
      this.#locks,
    ]) {
      this.#checkParents(folder)
      makeFolder(folder)
      checkInside(folder, this.#cache)
    }
  }

  snapshot = (commit: string): string => join(this.#folder, 'snapshots', commit)
  blob = (etag: string): string => join(this.#folder, 'blobs', etag)
  /** The part of a blob received so far. */
  incomplete = (etag: string): string => `${this.blob(etag)}.incomplete`
  /** The lock of a blob; its name differs from Python's, because Python locks files in another way. */
  lock = (etag: string): string => join(this.#locks, `${etag}.glassformer`)

  /** The commit of a revision, which may be a commit itself; null where none is known. */
  commitOf(revision: string): string | null {
    if (/^[0-9a-f]{40}$/.test(revision)) return revision
    try {
      const commit = readFileSync(join(this.#folder, 'refs', ...revision.split('/')), 'utf8').trim()
      return isPlainName(commit) ? commit : null
    } catch {
      return null
    }
  }

  /** Records the commit of a revision. */
  refer(revision: string, commit: string): void {
    if (revision === commit) return
    const path = join(this.#folder, 'refs', ...revision.split('/'))
    this.#checkParents(dirname(path))
    makeFolder(dirname(path))
    checkInside(dirname(path), this.#cache)
    replaceText(path, commit)
  }

  /** Puts a blob into a commit's snapshot, as a link, or as a copy where links cannot be made. */
  link(commit: string, name: string, etag: string): void {
    const path = join(this.snapshot(commit), name)
    const target = relative(dirname(path), this.blob(etag))
    if (isLinkTo(path, target)) return
    const beside = join(dirname(path), partialName(name))
    try {
      try {
        symlinkSync(target, beside)
      } catch {
        copyFileSync(this.blob(etag), beside)
      }
      renameSync(beside, path)
    } catch (cause) {
      throw fileError('write', path, cause)
    } finally {
      rmSync(beside, { force: true })
    }
  }

  /**
   * The nearest existing parent folder must be in the cache: nothing is created through a link that leads out of it.
   */
  #checkParents(folder: string): void {
    let above = folder
    while (above !== this.#cache && !hasFile(above)) above = dirname(above)
    checkInside(above, this.#cache)
  }
}

function isLinkTo(path: string, target: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink() && readlinkSync(path) === target
  } catch {
    return false
  }
}

/** @throws GlassformerError ERR_FILE where a path leads out of the cache by symbolic links */
export function checkInside(path: string, cache: string): void {
  let real: string
  let root: string
  try {
    real = realpathSync(path)
    root = realpathSync(cache)
  } catch (cause) {
    throw fileError('read', path, cause)
  }
  if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep))
    throw new GlassformerError('ERR_FILE', `${path} is a link out of the cache ${cache}: remove it, and pull again`)
}

/** The place where a model is looked up. */
export interface CachePlace {
  /** Default: from the environment. */
  cache?: string
  /** A branch, a tag or a commit. Default: main. */
  revision?: string
  /** Whether the snapshot must have weights; without them, a branch or tag whose other files are all there is enough. Default true. */
  weights?: boolean
}

/**
 * The snapshot of a model in the cache that has configuration and weights; null where there is none. The network is not
 * used.
 * @throws GlassformerError ERR_FILE where one of its files is a link out of the cache
 */
export function cachedModel(
  name: string,
  { cache = cacheFolder(), revision = 'main', weights = true }: CachePlace = {},
): string | null {
  if (!isModelName(name)) return null
  const repository = new CachedRepository(name, cache)
  const commit = repository.commitOf(revision)
  if (commit === null) return null
  const folder = repository.snapshot(commit)
  const has = (file: string) => hasFile(join(folder, file))
  // The revision is recorded when all files are there; weights come last.
  const isRecorded = !weights && commit !== revision
  if (!has('config.json') || !(isRecorded || weightFiles.some(has))) return null
  for (const file of readdirSync(folder)) checkInside(join(folder, file), cache)
  return folder
}
