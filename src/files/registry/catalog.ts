import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { GlassformerError, messageOf, shown } from '../../base/errors.ts'
import { fileError } from '../../formats/disk/read-file.ts'
import { findLanguage } from '../../language/text/languages.ts'
import { type InstalledModel, installedModels, type PublishedQuality } from '../hub/installed.ts'
import { type ModelSource, sourceName } from '../hub/source-name.ts'
import { better } from './choose.ts'
import { listedSources, registryModels } from './registry.ts'

/** A model that can be had, or is here. */
export interface ListedModel {
  name: string
  source: ModelSource
  from: string
  to: string
  variant?: string
  isReleased: boolean
  /** Bytes unpacked; null where they are not known. */
  size: number | null
  licence: string | null
  quality: PublishedQuality
  /** The path here; null where it was not pulled. */
  path: string | null
}

export interface ListWhich {
  from?: string
  to?: string
  source?: ModelSource
  /** Only models on this machine; no registry is asked. */
  installed?: boolean
  /** Receives why a registry could not be read, where others could. */
  warn(message: string): void
}

/**
 * The models that registries list and those on this machine. OPUS-MT has no registry: its models are listed where they
 * are here. @throws GlassformerError as `registryModels`, where no registry can be read
 */
export async function listModels({ from, to, source, installed = false, warn }: ListWhich): Promise<ListedModel[]> {
  const here = new Map(installedModels().map((model) => [model.name, model]))
  const listed = installed ? [] : await listedBy(source, warn)
  const names = new Set(listed.map(({ name }) => name))
  const others = [...here.values()].filter(({ name }) => !names.has(name))
  const asListed = (model: InstalledModel): ListedModel => ({ ...model, isReleased: true })
  return [...listed.map((model) => ({ ...model, path: here.get(model.name)?.path ?? null })), ...others.map(asListed)]
    .filter((model) => source === undefined || model.source === source)
    .filter((model) => from === undefined || findLanguage(from, [model.from]) !== undefined)
    .filter((model) => to === undefined || findLanguage(to, [model.to]) !== undefined)
}

async function listedBy(source: ModelSource | undefined, warn: (message: string) => void) {
  const wanted = listedSources.filter((each) => source === undefined || each === source)
  const faults: unknown[] = []
  const lists = await Promise.all(
    wanted.map((each) =>
      registryModels(each, new AbortController().signal).catch((error: unknown) => {
        faults.push(error)
        return []
      }),
    ),
  )
  if (faults.length && faults.length === wanted.length) throw faults[0]
  for (const fault of faults) warn(messageOf(fault))
  return lists.flatMap((list) =>
    list
      .toSorted((a, b) => compare(a.from, b.from) || compare(a.to, b.to) || better(a, b))
      .filter(({ name }, i, all) => all.findIndex((other) => other.name === name) === i)
      .map(({ files: _, ...model }) => model),
  )
}

const compare = (a: string, b: string) => Number(a > b) - Number(a < b)

/**
 * Removes a pulled model, and returns the names removed: all variants of a pair where the name has none.
 * @throws GlassformerError ERR_OPTION, ERR_FILE
 */
export function removeModel(text: string): string[] {
  const name = sourceName(text)
  if (!name || name.source === 'opus-mt')
    throw new GlassformerError(
      'ERR_OPTION',
      `${shown(text)} is no model of firefox or argos, which alone are removed here: models of the hub lie in the cache that Python uses too, where hf cache removes them`,
    )
  const found = installedModels().filter((model) => model.name === text || model.name.startsWith(`${text}/`))
  if (!found.length)
    throw new GlassformerError('ERR_FILE', `${text} is not here: glassformer models --installed lists what is`)
  for (const { path, source } of found) {
    const folder = source === 'argos' ? dirname(path) : path
    try {
      rmSync(folder, { recursive: true })
    } catch (cause) {
      throw fileError('remove', folder, cause)
    }
  }
  return found.map(({ name }) => name)
}
