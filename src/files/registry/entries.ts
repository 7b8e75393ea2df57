import { GlassformerError, shown } from '../../base/errors.ts'
import { lastOf } from '../../base/present.ts'
import { isJsonObject } from '../../formats/json/json-text.ts'
import type { PublishedQuality } from '../hub/installed.ts'
import { type SourceName, sourceName } from '../hub/source-name.ts'

/** A model that a registry has. */
export interface RegistryModel extends SourceName {
  source: 'firefox' | 'argos'
  /** As in `firefox/fr-en/tiny`. */
  name: string
  variant: string
  /** Whether it was released; others are chosen by their full name alone. */
  isReleased: boolean
  licence: string | null
  /** Bytes unpacked; null where the registry does not say. */
  size: number | null
  quality: PublishedQuality
  /** Its files, checked when they are asked for. @throws GlassformerError ERR_HUB for names and addresses that are not safe */
  files(): RegistryFile[]
}

/** A file of a model. */
export interface RegistryFile {
  /** The name in the model's folder. */
  name: string
  /** Where it can be had, in order of trial. */
  addresses: string[]
  isPacked: boolean
  /** Bytes unpacked, and their SHA-256 in hex; null where the registry does not say. */
  size: number | null
  sha256: string | null
}

/** The most bytes of one file: models of Firefox take up to 60 MB, packages of Argos up to 300 MB. */
export const MOST_BYTES = 2 ** 30

/** Bytes of JSON that no registry has: Firefox's takes 1 MB. */
export const MOST_JSON = 32 * 2 ** 20

/** The JSON of a registry. @throws GlassformerError ERR_HUB */
export function parsedRegistry(text: string, address: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new GlassformerError('ERR_HUB', `${address} is no JSON: check the address of the registry`, { cause })
  }
}

/** What files are for, and how their names end. */
const roles: Readonly<Record<string, RegExp>> = {
  model: /^model[\w.+-]*\.(bin|npz)$/,
  vocab: /^[\w.+-]+\.spm$/,
  srcVocab: /^[\w.+-]+\.spm$/,
  trgVocab: /^[\w.+-]+\.spm$/,
  lexicalShortlist: /^lex[\w.+-]*\.bin$/,
}

const fault = (where: string, what: string) =>
  new GlassformerError('ERR_HUB', `${where}: ${what}: nothing of it is downloaded; tell the registry's owner`)

const textOf = (value: unknown) => (typeof value === 'string' ? value : '')

/**
 * The models in Firefox's registry. `address` is the registry's own, from which a relative base is counted, and `base`
 * replaces the one that it names. @throws GlassformerError ERR_HUB
 */
export function firefoxModels(registry: unknown, address: string, base?: string): RegistryModel[] {
  if (!isJsonObject(registry) || !isJsonObject(registry.models))
    throw fault(address, 'it has no "models": is it a registry of Firefox’s models?')
  const root = base ?? textOf(registry.baseUrl)
  return Object.values(registry.models)
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .flatMap((entry: unknown) => (isJsonObject(entry) ? (firefoxModel(entry, { root, address }) ?? []) : []))
}

type Json = Record<string, unknown>

function firefoxModel(entry: Json, place: { root: string; address: string }): RegistryModel | null {
  const pair = `${textOf(entry.sourceLanguage)}-${textOf(entry.targetLanguage)}`
  const text = `firefox/${pair}/${textOf(entry.architecture)}`
  const name = sourceName(text)
  if (name?.source !== 'firefox' || name.variant === undefined || !isJsonObject(entry.files)) return null
  const given = Object.entries(entry.files).filter(([role]) => Object.hasOwn(roles, role))
  const sizes = given.map(([, file]) => (isJsonObject(file) ? file.uncompressedSize : null))
  const { bleu, chrf, comet22 } = floresOf(entry.metrics)
  return {
    ...name,
    source: 'firefox',
    variant: name.variant,
    name: text,
    isReleased: textOf(entry.releaseStatus).startsWith('Release'),
    licence: 'MPL-2.0',
    size: sizes.every((size) => typeof size === 'number') ? sizes.reduce((sum: number, size) => sum + size, 0) : null,
    quality: Object.fromEntries(
      Object.entries({ comet22, chrf, bleu }).filter(([, value]) => typeof value === 'number'),
    ),
    files: () => given.map(([role, file]) => firefoxFile(role, file, { ...place, text })),
  }
}

function floresOf(metrics: unknown): Json {
  const found = isJsonObject(metrics) ? Object.entries(metrics).find(([set]) => set.startsWith('flores'))?.[1] : null
  return isJsonObject(found) ? found : {}
}

function firefoxFile(
  role: string,
  file: unknown,
  { root, address, text }: { root: string; address: string; text: string },
): RegistryFile {
  const where = `${address}, ${role} of ${text}`
  const { path, uncompressedSize: size, uncompressedHash: hash } = isJsonObject(file) ? file : ({} as Json)
  if (
    typeof path !== 'string' ||
    path.length > 1000 ||
    !/^[\w.+-]+(\/[\w.+-]+)*$/.test(path) ||
    /(^|\/)\.+(\/|$)/.test(path)
  )
    throw fault(where, `${shown(path)} is no path of a file`)
  const name = lastOf(path.split('/')).replace(/\.gz$/, '')
  if (!roles[role].test(name)) throw fault(where, `${shown(name)} is no name of such a file`)
  if (
    size !== undefined &&
    size !== null &&
    !(Number.isSafeInteger(size) && Number(size) > 0 && Number(size) <= MOST_BYTES)
  )
    throw fault(where, `the size ${shown(size)} is none from 1 byte to 1 GiB`)
  if (hash !== undefined && hash !== null && !/^[0-9a-f]{64}$/i.test(String(hash)))
    throw fault(where, `${shown(hash)} is no SHA-256`)
  return {
    name,
    addresses: [safeAddress(`${root.replace(/\/+$/, '')}/${path}`, address)],
    isPacked: path.endsWith('.gz'),
    size: typeof size === 'number' ? size : null,
    sha256: typeof hash === 'string' ? hash.toLowerCase() : null,
  }
}

/** The packages of translation in Argos's index. `base` replaces the addresses of its links but for the files' names. */
export function argosModels(index: unknown, address: string, base?: string): RegistryModel[] {
  if (!Array.isArray(index)) throw fault(address, 'it is no list: is it an index of Argos’s packages?')
  return index.flatMap((entry: unknown) => (isJsonObject(entry) ? (argosModel(entry, { base, address }) ?? []) : []))
}

function argosModel(entry: Json, { base, address }: { base?: string; address: string }): RegistryModel | null {
  if (![undefined, 'translate'].includes(entry.type as undefined)) return null
  const text = `argos/${textOf(entry.from_code)}-${textOf(entry.to_code)}/${textOf(entry.package_version)}`
  const name = sourceName(text)
  if (name?.source !== 'argos' || name.variant === undefined) return null
  const links = Array.isArray(entry.links) ? entry.links.filter((link) => typeof link === 'string').slice(0, 10) : []
  return {
    ...name,
    source: 'argos',
    variant: name.variant,
    name: text,
    isReleased: true,
    licence: null,
    size: null,
    quality: {},
    files() {
      if (!links.length) throw fault(address, `${text} has no links`)
      const moved = links.map((link) =>
        base === undefined ? link : `${base.replace(/\/+$/, '')}/${link.split('/').at(-1)}`,
      )
      return [
        {
          name: `translate-${name.from}_${name.to}.argosmodel`,
          addresses: moved.map((link) => safeAddress(link, address)),
          isPacked: false,
          size: null,
          sha256: null,
        },
      ]
    },
  }
}

/** An address that a registry names. A registry that came by https names no files that come without it. */
function safeAddress(given: string, registry: string): string {
  const url = URL.canParse(given, registry) ? new URL(given, registry) : null
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && registry.startsWith('http:'))
  if (url && isSafe) return url.href
  throw fault(registry, `${shown(given)} is not a safe address`)
}

/** Where the registries are, and how they are read. */
export const registries = {
  firefox: {
    address: 'https://storage.googleapis.com/moz-fx-translations-data--303e-prod-translations-data/db/models.json',
    read: firefoxModels,
  },
  argos: {
    address: 'https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json',
    read: argosModels,
  },
} as const
