import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import { inFile } from '../../../base/schema/place.ts'
import { read, settings, type Values } from '../../../base/schema/settings.ts'
import { listOf, type Type, text } from '../../../base/schema/types.ts'
import { fileError } from '../../../files/formats/read-file.ts'
import { readJsonObject } from '../../../files/formats/read-json.ts'
import { replaceFile } from '../../../files/formats/replace-file.ts'
import type { GlossaryEntry } from '../../../use/translate/glossary-option.ts'

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

/** A glossary as its file has it. */
const glossarySettings = settings({
  id: { type: text, says: 'its id' },
  name: { type: text, says: 'its name' },
  created: { type: text, says: 'when it was made' },
  owner: { type: text, says: 'the name of the key with which it was made; empty where there was none' },
  dictionaries: { type: listOf(dictionary, 'a list of dictionaries'), says: 'its entries, by pairs of languages' },
})

export type StoredGlossary = Values<typeof glossarySettings>

/** The most glossaries of a server, and the most entries of all of them. */
const MOST_GLOSSARIES = 1000
const MOST_ENTRIES = 1_000_000

/** The glossaries of a server, each of which belongs to a key. With a folder they outlive the server, a file for each. */
export class Glossaries {
  readonly #all = new Map<string, StoredGlossary>()
  readonly #folder: string | null

  /** @throws GlassformerError ERR_FILE, ERR_OPTION for a folder that cannot be read */
  constructor(folder: string | null) {
    this.#folder = folder
    if (folder === null) return
    try {
      mkdirSync(folder, { recursive: true })
      for (const name of readdirSync(folder))
        if (name.endsWith('.json')) {
          const file = join(folder, name)
          const glossary = read(
            glossarySettings,
            readJsonObject(file, { code: 'ERR_OPTION' }),
            inFile(file, 'ERR_OPTION'),
          )
          this.#all.set(glossary.id, glossary)
        }
    } catch (error) {
      throw fileError('read', folder, error)
    }
  }

  /** The glossaries of an owner, the oldest first. */
  of(owner: string): StoredGlossary[] {
    return [...this.#all.values()]
      .filter((each) => each.owner === owner)
      .sort((a, b) => a.created.localeCompare(b.created))
  }

  /** @throws GlassformerError ERR_NOT_FOUND, also for one of another owner */
  find(id: string, owner: string): StoredGlossary {
    const found = this.#all.get(id)
    if (found?.owner === owner) return found
    throw new GlassformerError('ERR_NOT_FOUND', `there is no glossary ${JSON.stringify(id.slice(0, 60))}`)
  }

  /** @throws GlassformerError ERR_QUOTA where there are too many, ERR_FILE where it cannot be stored */
  add(glossary: Omit<StoredGlossary, 'id' | 'created'>): StoredGlossary {
    return this.#store({ id: randomUUID(), ...glossary, created: new Date().toISOString() })
  }

  /** Changes the name or the dictionaries of a glossary. @throws GlassformerError as `find` and `add` */
  change(id: string, owner: string, changed: Partial<Pick<StoredGlossary, 'name' | 'dictionaries'>>): StoredGlossary {
    return this.#store({ ...this.find(id, owner), ...changed })
  }

  #store(glossary: StoredGlossary): StoredGlossary {
    const all = [...this.#all.values()].filter(({ id }) => id !== glossary.id).concat(glossary)
    const entries = all.flatMap(({ dictionaries }) => dictionaries).reduce((sum, each) => sum + each.entries.length, 0)
    if (all.length > MOST_GLOSSARIES || entries > MOST_ENTRIES)
      throw new GlassformerError('ERR_QUOTA', 'Maximum number of glossaries reached: delete some')
    if (this.#folder !== null) replaceFile(this.#fileOf(glossary.id), [Buffer.from(JSON.stringify(glossary))])
    this.#all.set(glossary.id, glossary)
    return glossary
  }

  /** @throws GlassformerError ERR_NOT_FOUND, ERR_FILE */
  remove(id: string, owner: string): void {
    this.find(id, owner)
    try {
      if (this.#folder !== null) rmSync(this.#fileOf(id), { force: true })
    } catch (error) {
      throw fileError('remove', this.#fileOf(id), error)
    }
    this.#all.delete(id)
  }

  /** Ids are our own, or names of files of the folder: they lead nowhere else. */
  #fileOf(id: string): string {
    return join(this.#folder!, `${id}.json`)
  }
}
