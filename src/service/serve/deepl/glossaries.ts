import { randomUUID } from 'node:crypto'
import { GlassformerError } from '../../../base/errors.ts'
import { inFile } from '../../../base/schema/place.ts'
import { read, settings, type Values } from '../../../base/schema/settings.ts'
import { listOf, type Type, text } from '../../../base/schema/types.ts'
import { whole } from '../../../base/values/number-text.ts'
import { readJsonObject } from '../../../formats/disk/read-json.ts'
import type { GlossaryEntry } from '../../../use/translate/options/glossary-option.ts'
import { GlossaryFiles } from './glossary-files.ts'

const pair: Type<GlossaryEntry> = {
  expected: 'a pair of a term and its translation',
  accepts: (value): value is GlossaryEntry =>
    Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === 'string'),
}

/** The entries of a glossary for a pair of languages, by DeepL's codes without variants. */
export interface Dictionary {
  source: string
  target: string
  entries: readonly GlossaryEntry[]
}

const dictionary: Type<Dictionary> = {
  expected: 'a dictionary { source, target, entries }',
  accepts: (value): value is Dictionary => {
    const { source, target, entries } = Object(value) as Dictionary
    return text.accepts(source) && text.accepts(target) && Array.isArray(entries) && entries.every(pair.accepts)
  },
}

/** A glossary in its file's format. */
const glossarySettings = settings({
  id: { type: text, says: 'its id' },
  name: { type: text, says: 'its name' },
  created: { type: text, says: 'when it was made' },
  owner: {
    type: text,
    says: 'the name of the key with which it was made, or its digest where it has none; empty where there was no key',
  },
  dictionaries: { type: listOf(dictionary, 'a list of dictionaries'), says: 'its entries, by pairs of languages' },
})

export type StoredGlossary = Values<typeof glossarySettings>

/** The limits on glossaries of a server, on all their entries, and on the entries of one owner. */
const MOST_GLOSSARIES = 10_000
const MOST_ENTRIES = 2_000_000
const MOST_ENTRIES_EACH = 200_000

/** The number of glossaries, and of entries in them. */
interface Amount {
  glossaries: number
  entries: number
}

/**
 * The glossaries of a server, each of which belongs to a key. With a folder they outlive the server, in one file each.
 */
export class Glossaries {
  readonly #all = new Map<string, StoredGlossary>()
  readonly #files: GlossaryFiles | null

  /** @throws GlassformerError ERR_FILE, ERR_OPTION for an unreadable folder */
  constructor(folder: string | null) {
    this.#files = folder === null ? null : new GlossaryFiles(folder)
    for (const path of this.#files?.paths ?? []) {
      const json = readJsonObject(path, { code: 'ERR_OPTION' })
      const glossary = read(glossarySettings, json, inFile(path, 'ERR_OPTION'))
      this.#all.set(glossary.id, glossary)
    }
  }

  /** The glossaries of an owner, the oldest first. */
  of(owner: string): StoredGlossary[] {
    return [...this.#all.values()]
      .filter((each) => each.owner === owner)
      .sort((a, b) => a.created.localeCompare(b.created))
  }

  /** @throws GlassformerError ERR_NOT_FOUND, also for a glossary of another owner */
  find(id: string, owner: string): StoredGlossary {
    const found = this.#all.get(id)
    if (found?.owner === owner) return found
    throw new GlassformerError('ERR_NOT_FOUND', `there is no glossary ${JSON.stringify(id.slice(0, 60))}`)
  }

  /**
   * `most`: the maximum number of the owner's glossaries.
   * @throws GlassformerError ERR_QUOTA above this number, ERR_FILE where the glossary cannot be stored
   */
  add(glossary: Omit<StoredGlossary, 'id' | 'created'>, most: number): Promise<StoredGlossary> {
    if (this.#amountOf(glossary.owner).glossaries >= most) throw tooMany(`this key may have ${whole(most)}`)
    return this.#store({ id: randomUUID(), ...glossary, created: new Date().toISOString() })
  }

  /** Changes the name or the dictionaries of a glossary. @throws GlassformerError as `find` and `add` */
  async change(
    id: string,
    owner: string,
    changed: Partial<Pick<StoredGlossary, 'name' | 'dictionaries'>>,
  ): Promise<StoredGlossary> {
    return this.#store({ ...this.find(id, owner), ...changed })
  }

  /** @throws GlassformerError ERR_NOT_FOUND, ERR_FILE */
  async remove(id: string, owner: string): Promise<void> {
    const glossary = this.find(id, owner)
    this.#all.delete(id)
    await this.#files?.remove(id).catch((error: unknown) => {
      this.#all.set(id, glossary)
      throw error
    })
  }

  /** The glossary counts from now on, and is removed again where it cannot be written. */
  async #store(glossary: StoredGlossary): Promise<StoredGlossary> {
    const before = this.#all.get(glossary.id)
    const added = entriesIn(glossary) - (before ? entriesIn(before) : 0)
    const all = this.#amountOf(null)
    if (this.#amountOf(glossary.owner).entries + added > MOST_ENTRIES_EACH)
      throw tooMany(`those of a key may have ${whole(MOST_ENTRIES_EACH)} entries`)
    if ((!before && all.glossaries >= MOST_GLOSSARIES) || all.entries + added > MOST_ENTRIES)
      throw tooMany('this server has no room for more')
    this.#all.set(glossary.id, glossary)
    await this.#files?.write(glossary.id, JSON.stringify(glossary)).catch((error: unknown) => {
      if (before) this.#all.set(glossary.id, before)
      else this.#all.delete(glossary.id)
      throw error
    })
    return glossary
  }

  /** The glossaries of an owner; null: all owners. */
  #amountOf(owner: string | null): Amount {
    const amount = { glossaries: 0, entries: 0 }
    for (const each of this.#all.values()) {
      if (owner !== null && each.owner !== owner) continue
      amount.glossaries++
      amount.entries += entriesIn(each)
    }
    return amount
  }
}

const entriesIn = ({ dictionaries }: StoredGlossary): number =>
  dictionaries.reduce((sum, { entries }) => sum + entries.length, 0)

const tooMany = (why: string) =>
  new GlassformerError('ERR_QUOTA', `Maximum number of glossaries reached: ${why}; delete some`)
