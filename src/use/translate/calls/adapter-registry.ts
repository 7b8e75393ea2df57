import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { didYouMean } from '../../../base/did-you-mean.ts'
import { GlassformerError, shown } from '../../../base/errors.ts'
import { pathOf } from '../../../base/path-of.ts'
import { present } from '../../../base/present.ts'
import { lazyPattern } from '../../../base/values/lazy-pattern.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import type { Adapter } from '../../../engine/weights/adapter.ts'
import type { AdapterFolders } from '../../../files/folders/adapters/index.ts'
import type { GivenAdapters } from '../options/options.ts'

/** An adapter that has been read, and the state of its files then. */
interface Read {
  path: string
  state: string
  adapter: Adapter
}

/**
 * The adapters that requests can choose by name. An adapter is read when it is first asked for, and again when its files have changed: a
 * folder that is put in place of another, or taken away, counts from the next request on. Requests under way keep what they have begun
 * with.
 */
export class AdapterRegistry {
  readonly #config: ModelConfig
  /** Null where no adapter can be given: their reader has the model in it, which a thread that only sends texts does not load. */
  readonly #disk: AdapterFolders | null
  readonly #folders = new Map<string, string>()
  /** The folder in which folders of adapters are looked for by their names. */
  readonly #root: string | null
  readonly #read = new Map<string, Read>()

  /** @throws GlassformerError ERR_FILE, ERR_OPTION where the folder of adapters, or one of those by name, is not there */
  constructor(config: ModelConfig, given: GivenAdapters | undefined, disk: AdapterFolders | null) {
    this.#config = config
    this.#disk = disk
    this.#root = typeof given === 'string' ? resolve(given) : null
    if (this.#root !== null) checkIsFolder(this.#root)
    else for (const [name, path] of Object.entries(given ?? {})) this.add(name, path)
  }

  /** All names, in the order of the alphabet. */
  get names(): string[] {
    return [...new Set([...this.#folders.keys(), ...(this.#root === null ? [] : this.#namesIn(this.#root))])].sort()
  }

  /**
   * Adds the adapter of a folder under a name, or puts it in the place of the one that has this name. It is read at once.
   * @throws GlassformerError ERR_OPTION, ERR_FILE, ERR_MODEL_FORMAT, ERR_UNSUPPORTED
   */
  add(name: string, path: string | URL): void {
    checkName(name)
    const folder = resolve(pathOf('the folder of an adapter', path))
    this.#read.set(name, this.#open(name, folder))
    this.#folders.set(name, folder)
  }

  /** Takes away an adapter that `add` has added; returns whether there was one. */
  remove(name: string): boolean {
    this.#read.delete(name)
    return this.#folders.delete(name)
  }

  /** @throws GlassformerError ERR_OPTION for a name that there is not, and for an adapter that cannot be read, with the reason as its cause */
  of(name: string): Adapter {
    checkName(name)
    const folder = this.#folders.get(name) ?? (this.#root === null ? null : join(this.#root, name))
    const state = folder && present(this.#disk).stateOf(folder)
    if (!state) {
      this.#read.delete(name)
      const { names } = this
      const those = names.length
        ? `there are ${names.join(', ')}`
        : "there is none: give option 'adapters' when the model is loaded"
      throw new GlassformerError(
        'ERR_OPTION',
        `option 'adapter': there is no adapter ${shown(name)}; ${those}${didYouMean(name, names)}`,
      )
    }
    const known = this.#read.get(name)
    if (known?.path === folder && known.state === state) return known.adapter
    try {
      const read = this.#open(name, folder)
      this.#read.set(name, read)
      return read.adapter
    } catch (cause) {
      // The choice of a request is at fault, whose message tells nobody where folders lie.
      throw new GlassformerError(
        'ERR_OPTION',
        `option 'adapter': ${name} cannot be added to this model: it is of another one, damaged, or changes more than linear layers`,
        { cause },
      )
    }
  }

  #open(name: string, path: string): Read {
    const { stateOf, read } = present(this.#disk)
    return { path, state: stateOf(path) ?? '', adapter: read(path, name, this.#config) }
  }

  #namesIn(root: string): string[] {
    const entries = readdirSync(root, { withFileTypes: true })
    const isAdapter = (name: string) => NAME().test(name) && present(this.#disk).stateOf(join(root, name)) !== null
    return entries.map(({ name }) => name).filter(isAdapter)
  }
}

/** Names are those of folders, and never lead out of the folder of adapters. */
const NAME = lazyPattern(String.raw`^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$`, 'u')

function checkName(name: unknown): asserts name is string {
  if (typeof name !== 'string' || name.length > 200 || !NAME().test(name))
    throw new GlassformerError(
      'ERR_OPTION',
      `the name of an adapter must have letters, digits, _, - and . alone, and begin with one of the first three; ${shown(name)} has not`,
    )
}

function checkIsFolder(path: string): void {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new GlassformerError(
      'ERR_FILE',
      `option 'adapters': ${path} is no folder: give the one that holds the folders of adapters`,
    )
}
