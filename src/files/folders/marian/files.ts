import { areSameBytes } from '../../../base/bytes.ts'
import { GlassformerError, shownJson } from '../../../base/errors.ts'
import { LARGEST_SETTINGS } from '../../../base/limits.ts'
import { lastOf } from '../../../base/present.ts'
import type { FileLimit } from '../../../formats/disk/file-limit.ts'
import type { Folder, OpenFile } from '../../../formats/disk/folder.ts'
import { type FlatYamlValue, parseFlatYaml } from '../../../formats/marian/flat-yaml.ts'

/** The roles of the files in a folder of Marian's, by their names in it. */
export interface MarianFiles {
  /** A `.npz` or `.bin`. */
  model: string
  /** The search settings in YAML; null where the folder has none. */
  settings: string | null
  /** The vocabularies of source and target, `.spm` or `.yml`; the same name twice where both sides share one. */
  vocabularies: readonly [source: string, target: string]
  /** The binary shortlist; null where there is none. */
  shortlist: string | null
}

const settingsFile: FileLimit = { what: 'settings of Marian', most: LARGEST_SETTINGS, code: 'ERR_MODEL_FORMAT' }

/** The settings in a YAML file. */
export const readMarianSettings = (folder: Folder, name: string): Map<string, FlatYamlValue> =>
  parseFlatYaml(folder.text(name, settingsFile), folder.at(name))

/** The first bytes of both kinds of model files, and of a shortlist. */
const beginnings = {
  binary: Uint8Array.of(0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00),
  encrypted: Uint8Array.of(0x00, 0x94, 0x35, 0x77, 0x00, 0x00, 0x00, 0x00),
  shortlist: Uint8Array.of(0xf5, 0x17, 0x34, 0x01, 0xd5, 0x48, 0x1a, 0xf1),
} as const

/** The extension of Firefox's compressed model files. */
const packed = /\.(bin|npz|spm|ya?ml)\.(gz|zst|xz)$/

/** Whether a folder has a model in one of Marian's own formats, compressed or not. */
export const isMarianFolder = (folder: Folder): boolean =>
  namesIn(folder).some(
    (name) => isModel(folder, name) || isSettings(folder, name) || (name.startsWith('model') && packed.test(name)),
  )

/**
 * Finds the files of a model: those named in its settings (`config.*.yml`, `*.decoder.yml`) or, without settings, the
 * only candidates. All files are in the folder itself, whatever paths the settings contain.
 * @throws GlassformerError ERR_FILE for a file that is missing; ERR_MODEL_FORMAT where settings are damaged or several files could be meant;
 * ERR_UNSUPPORTED for several models at once
 */
export function findMarianFiles(folder: Folder): MarianFiles {
  const names = namesIn(folder)
  checkUnpacked(folder, names)
  const settings = findSettings(folder, names)
  const named = settings === null ? new Map<string, FlatYamlValue>() : readMarianSettings(folder, settings)
  const place = new NamedFiles(folder, settings === null ? folder.path : folder.at(settings), named)
  const model =
    place.model() ??
    onlyOne(
      names.filter((name) => isModel(folder, name)),
      folder,
      'model (.npz or .bin)',
    )
  const shortlists = names.filter((name) => begins(folder, name, beginnings.shortlist))
  return {
    model,
    settings,
    vocabularies: place.vocabularies() ?? findVocabularies(folder, names),
    shortlist:
      settings === null ? (shortlists.length ? onlyOne(shortlists, folder, 'shortlist') : null) : place.shortlist(),
  }
}

function checkUnpacked(folder: Folder, names: readonly string[]): void {
  const first = names.find((name) => packed.test(name) && !names.includes(name.replace(/\.[^.]*$/, '')))
  if (first === undefined) return
  const command = { gz: 'gunzip', zst: 'unzstd', xz: 'unxz' }[lastOf(first.split('.'))]
  throw new GlassformerError('ERR_FILE', `${folder.at(first)} is packed: unpack it first (${command} FILE)`)
}

/** The files that settings name, without the folders of their paths. */
class NamedFiles {
  readonly #folder: Folder
  readonly #where: string
  readonly #settings: ReadonlyMap<string, FlatYamlValue>

  constructor(folder: Folder, where: string, settings: ReadonlyMap<string, FlatYamlValue>) {
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
    return this.#name('models', models[0])
  }

  vocabularies(): [string, string] | null {
    const vocabularies = this.#list('vocabs')
    if (vocabularies === null) return null
    if (vocabularies.length !== 2)
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        `${this.#where}: vocabs names ${vocabularies.length} files; one source and one target can be read here`,
      )
    return [this.#name('vocabs', vocabularies[0]), this.#name('vocabs', vocabularies[1])]
  }

  /** The name of a file may be followed by flags: whether Marian checks it, or its number of targets. */
  shortlist(): string | null {
    const shortlist = this.#settings.get('shortlist')
    if (shortlist === undefined || shortlist === null || (Array.isArray(shortlist) && !shortlist.length)) return null
    return this.#name('shortlist', Array.isArray(shortlist) ? shortlist[0] : shortlist)
  }

  #list(key: string): unknown[] | null {
    const value = this.#settings.get(key)
    if (value === undefined || value === null || (Array.isArray(value) && !value.length)) return null
    return Array.isArray(value) ? value : [value]
  }

  /** The directory part of the path is ignored: it was valid on the machine of the training. */
  #name(key: string, value: unknown): string {
    if (typeof value !== 'string' || value.trim() === '' || value.includes('\0'))
      throw new GlassformerError('ERR_MODEL_FORMAT', `${this.#where}: ${key} names no file, but ${shownJson(value)}`)
    const name = lastOf(value.replaceAll('\\', '/').replace(/\/+$/, '').split('/'))
    if (!this.#folder.has(name))
      throw new GlassformerError(
        'ERR_FILE',
        `${this.#folder.at(name)} is missing, which ${key} in ${this.#where} names: put it there`,
      )
    return name
  }
}

/** The search settings: the YAML file that names models. */
function findSettings(folder: Folder, names: readonly string[]): string | null {
  const found = names.filter((name) => isSettings(folder, name))
  if (found.length <= 1) return found[0] ?? null
  // Marian writes a settings file for each metric of its validation.
  const preferred = ['config.intgemm8bitalpha.yml', 'decoder.yml'].find((name) => found.includes(name))
  return preferred ?? onlyOne(found, folder, 'file of settings (.yml)')
}

/** Both vocabularies in a folder without settings. */
function findVocabularies(folder: Folder, names: readonly string[]): [string, string] {
  const found = names.filter((name) => name.endsWith('.spm') || /vocab.*\.ya?ml$/.test(name))
  if (found.length === 1) return [found[0], found[0]]
  const source = found.filter((name) => /^(src|source)/.test(name))
  const target = found.filter((name) => /^(trg|tgt|target)/.test(name))
  if (source.length === 1 && target.length === 1) return [source[0], target[0]]
  throw new GlassformerError(
    found.length ? 'ERR_MODEL_FORMAT' : 'ERR_FILE',
    found.length
      ? `${folder.path} has the vocabularies ${found.join(', ')}, of which source and target cannot be told: name both in 'vocabs' of a config.yml beside the model`
      : `${folder.path} has no vocabulary (.spm) beside its model: put it there`,
  )
}

function onlyOne(names: readonly string[], folder: Folder, what: string): string {
  if (names.length === 1) return names[0]
  if (!names.length) throw new GlassformerError('ERR_FILE', `${folder.path} has no ${what}: put it there`)
  throw new GlassformerError(
    'ERR_MODEL_FORMAT',
    `${folder.path} has several files that could be its ${what}: ${names.join(', ')}; leave one, or name it in 'models' of the only .yml beside them`,
  )
}

const isModel = (folder: Folder, name: string): boolean =>
  name.endsWith('.npz') ||
  (name.endsWith('.bin') && (begins(folder, name, beginnings.binary) || begins(folder, name, beginnings.encrypted)))

/** A file in YAML with a key `models` at the beginning of a line. */
const isSettings = (folder: Folder, name: string): boolean =>
  /\.ya?ml$/.test(name) && /^models\s*:/m.test(new TextDecoder().decode(firstBytes(folder, name, 1 << 16)))

const begins = (folder: Folder, name: string, beginning: Uint8Array): boolean =>
  areSameBytes(firstBytes(folder, name, beginning.length), beginning)

/** The first bytes of a file, at most `count`; empty for anything but a file. */
function firstBytes(folder: Folder, name: string, count: number): Uint8Array {
  let file: OpenFile
  try {
    file = folder.open(name)
  } catch (error) {
    if (error instanceof GlassformerError) return new Uint8Array(0)
    throw error
  }
  try {
    const bytes = new Uint8Array(Math.min(count, file.size))
    file.read(bytes, 0)
    return bytes
  } finally {
    file.close()
  }
}

const namesIn = (folder: Folder): string[] => folder.names() ?? []
