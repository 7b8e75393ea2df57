import { closeSync, readdirSync, readSync } from 'node:fs'
import { basename, join } from 'node:path'
import { GlassformerError, shownJson } from '../../../base/errors.ts'
import { LARGEST_SETTINGS } from '../../../base/limits.ts'
import { lastOf } from '../../../base/present.ts'
import type { FileLimit } from '../../../formats/disk/file-limit.ts'
import { fileError, hasFile, openFile, readText } from '../../../formats/disk/read-file.ts'
import { type FlatYamlValue, parseFlatYaml } from '../../../formats/marian/flat-yaml.ts'

/** The roles of the files in a folder of Marian's. Paths are absolute. */
export interface MarianFiles {
  /** A `.npz` or `.bin`. */
  model: string
  /** The search settings in YAML; null where the folder has none. */
  settings: string | null
  /** The vocabularies of source and target, `.spm` or `.yml`; the same path twice where both sides share one. */
  vocabularies: readonly [source: string, target: string]
  /** The binary shortlist; null where there is none. */
  shortlist: string | null
}

const settingsFile: FileLimit = { what: 'settings of Marian', most: LARGEST_SETTINGS, code: 'ERR_MODEL_FORMAT' }

/** The settings in a YAML file. */
export const readMarianSettings = (path: string): Map<string, FlatYamlValue> =>
  parseFlatYaml(readText(path, settingsFile), path)

/** The first bytes of both kinds of model files, and of a shortlist. */
const beginnings = {
  binary: Buffer.from('0100000000000000', 'hex'),
  encrypted: Buffer.from('0094357700000000', 'hex'),
  shortlist: Buffer.from('f5173401d5481af1', 'hex'),
} as const

/** The extension of Firefox's compressed model files. */
const packed = /\.(bin|npz|spm|ya?ml)\.(gz|zst|xz)$/

/** Whether a folder has a model in one of Marian's own formats, compressed or not. */
export const isMarianFolder = (folder: string): boolean =>
  namesIn(folder).some(
    (name) =>
      isModel(join(folder, name)) || isSettings(join(folder, name)) || (name.startsWith('model') && packed.test(name)),
  )

/**
 * Finds the files of a model: those named in its settings (`config.*.yml`, `*.decoder.yml`) or, without settings, the
 * only candidates. All files are in the folder itself, whatever paths the settings contain.
 * @throws GlassformerError ERR_FILE for a file that is missing; ERR_MODEL_FORMAT where settings are damaged or several files could be meant;
 * ERR_UNSUPPORTED for several models at once
 */
export function findMarianFiles(folder: string): MarianFiles {
  const names = namesIn(folder)
  checkUnpacked(folder, names)
  const settings = findSettings(folder, names)
  const named = settings === null ? new Map<string, FlatYamlValue>() : readMarianSettings(settings)
  const place = new NamedFiles(folder, settings ?? folder, named)
  const model =
    place.model() ??
    onlyOne(
      names.filter((name) => isModel(join(folder, name))),
      folder,
      'model (.npz or .bin)',
    )
  const shortlists = names.filter((name) => begins(join(folder, name), beginnings.shortlist))
  return {
    model,
    settings,
    vocabularies: place.vocabularies() ?? findVocabularies(folder, names),
    shortlist:
      settings === null ? (shortlists.length ? onlyOne(shortlists, folder, 'shortlist') : null) : place.shortlist(),
  }
}

function checkUnpacked(folder: string, names: readonly string[]): void {
  const first = names.find((name) => packed.test(name) && !names.includes(name.replace(/\.[^.]*$/, '')))
  if (first === undefined) return
  const command = { gz: 'gunzip', zst: 'unzstd', xz: 'unxz' }[lastOf(first.split('.'))]
  throw new GlassformerError('ERR_FILE', `${join(folder, first)} is packed: unpack it first (${command} FILE)`)
}

/** The files that settings name, as paths in their folder. */
class NamedFiles {
  readonly #folder: string
  readonly #where: string
  readonly #settings: ReadonlyMap<string, FlatYamlValue>

  constructor(folder: string, where: string, settings: ReadonlyMap<string, FlatYamlValue>) {
    this.#folder = folder
    this.#where = where
    this.#settings = settings
  }

  model(): string | null {
    const models = this.#list('models')
    if (models === null) return null
    if (models.length > 1)
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        `${this.#where}: models names ${models.length} models, whose scores Marian adds up; one alone can be read here`,
      )
    return this.#path('models', models[0])
  }

  vocabularies(): [string, string] | null {
    const vocabularies = this.#list('vocabs')
    if (vocabularies === null) return null
    if (vocabularies.length !== 2)
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        `${this.#where}: vocabs names ${vocabularies.length} files; one source and one target can be read here`,
      )
    return [this.#path('vocabs', vocabularies[0]), this.#path('vocabs', vocabularies[1])]
  }

  /** The name of a file may be followed by flags: whether Marian checks it, or its number of targets. */
  shortlist(): string | null {
    const shortlist = this.#settings.get('shortlist')
    if (shortlist === undefined || shortlist === null || (Array.isArray(shortlist) && !shortlist.length)) return null
    return this.#path('shortlist', Array.isArray(shortlist) ? shortlist[0] : shortlist)
  }

  #list(key: string): unknown[] | null {
    const value = this.#settings.get(key)
    if (value === undefined || value === null || (Array.isArray(value) && !value.length)) return null
    return Array.isArray(value) ? value : [value]
  }

  /** The directory part of the path is ignored: it was valid on the machine of the training. */
  #path(key: string, value: unknown): string {
    if (typeof value !== 'string' || value.trim() === '' || value.includes('\0'))
      throw new GlassformerError('ERR_MODEL_FORMAT', `${this.#where}: ${key} names no file, but ${shownJson(value)}`)
    const path = join(this.#folder, basename(value.replaceAll('\\', '/')))
    if (!hasFile(path))
      throw new GlassformerError('ERR_FILE', `${path} is missing, which ${key} in ${this.#where} names: put it there`)
    return path
  }
}

/** The search settings: the YAML file that names models. */
function findSettings(folder: string, names: readonly string[]): string | null {
  const found = names.filter((name) => isSettings(join(folder, name)))
  if (found.length <= 1) return found.length ? join(folder, found[0]) : null
  // Marian writes a settings file for each metric of its validation.
  const preferred = ['config.intgemm8bitalpha.yml', 'decoder.yml'].find((name) => found.includes(name))
  return join(folder, preferred ?? onlyOne(found, folder, 'file of settings (.yml)', basename))
}

/** Both vocabularies in a folder without settings. */
function findVocabularies(folder: string, names: readonly string[]): [string, string] {
  const found = names.filter((name) => name.endsWith('.spm') || /vocab.*\.ya?ml$/.test(name))
  if (found.length === 1) return [join(folder, found[0]), join(folder, found[0])]
  const source = found.filter((name) => /^(src|source)/.test(name))
  const target = found.filter((name) => /^(trg|tgt|target)/.test(name))
  if (source.length === 1 && target.length === 1) return [join(folder, source[0]), join(folder, target[0])]
  throw new GlassformerError(
    found.length ? 'ERR_MODEL_FORMAT' : 'ERR_FILE',
    found.length
      ? `${folder} has the vocabularies ${found.join(', ')}, of which source and target cannot be told: name both in 'vocabs' of a config.yml beside the model`
      : `${folder} has no vocabulary (.spm) beside its model: put it there`,
  )
}

function onlyOne(names: readonly string[], folder: string, what: string, as = (name: string) => join(folder, name)) {
  if (names.length === 1) return as(names[0])
  if (!names.length) throw new GlassformerError('ERR_FILE', `${folder} has no ${what}: put it there`)
  throw new GlassformerError(
    'ERR_MODEL_FORMAT',
    `${folder} has several files that could be its ${what}: ${names.join(', ')}; leave one, or name it in 'models' of the only .yml beside them`,
  )
}

const isModel = (path: string): boolean =>
  path.endsWith('.npz') ||
  (path.endsWith('.bin') && (begins(path, beginnings.binary) || begins(path, beginnings.encrypted)))

/** A file in YAML with a key `models` at the beginning of a line. */
function isSettings(path: string): boolean {
  if (!/\.ya?ml$/.test(path)) return false
  return /^models\s*:/m.test(Buffer.from(firstBytes(path, 1 << 16)).toString('utf8'))
}

const begins = (path: string, beginning: Uint8Array): boolean =>
  Buffer.from(firstBytes(path, beginning.length)).equals(beginning)

/** The first bytes of a file, at most `count`; empty for anything but a file. */
function firstBytes(path: string, count: number): Uint8Array {
  let file: { descriptor: number }
  try {
    file = openFile(path)
  } catch {
    return new Uint8Array(0)
  }
  try {
    const bytes = new Uint8Array(count)
    return bytes.subarray(0, readSync(file.descriptor, bytes, 0, count, 0))
  } catch (cause) {
    throw fileError('read', path, cause)
  } finally {
    closeSync(file.descriptor)
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (cause) {
    throw fileError('read', folder, cause)
  }
}
