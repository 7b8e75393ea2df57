import { mkdirSync, readdirSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileError } from '../../../formats/disk/read-file.ts'
import { partialName } from '../../../formats/disk/replace-file.ts'

/** A folder with a file for each glossary. It is read once, and written asynchronously. */
export class GlossaryFiles {
  readonly #folder: string

  /** @throws GlassformerError ERR_FILE */
  constructor(folder: string) {
    this.#folder = folder
    try {
      mkdirSync(folder, { recursive: true })
    } catch (error) {
      throw fileError('read', folder, error)
    }
  }

  /** The paths of the files. @throws GlassformerError ERR_FILE */
  get paths(): string[] {
    try {
      return readdirSync(this.#folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => join(this.#folder, name))
    } catch (error) {
      throw fileError('read', this.#folder, error)
    }
  }

  /**
   * Writes the file of a glossary; readers see the old file or the complete new one. @throws GlassformerError ERR_FILE
   */
  async write(id: string, json: string): Promise<void> {
    const path = this.#pathOf(id)
    const beside = join(this.#folder, partialName(`${id}.json`))
    try {
      const file = await open(beside, 'wx')
      try {
        await file.writeFile(json)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(beside, path)
    } catch (error) {
      await rm(beside, { force: true }).catch(() => {}) // the earlier error is reported
      throw fileError('write', path, error)
    }
  }

  /** @throws GlassformerError ERR_FILE */
  async remove(id: string): Promise<void> {
    try {
      await rm(this.#pathOf(id), { force: true })
    } catch (error) {
      throw fileError('remove', this.#pathOf(id), error)
    }
  }

  /** Ids are created here, or are names of files in the folder, so no id leads out of the folder. */
  #pathOf(id: string): string {
    return join(this.#folder, `${id}.json`)
  }
}
