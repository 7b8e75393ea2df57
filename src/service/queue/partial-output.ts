import { createHash } from 'node:crypto'
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { inMemory } from '../../base/schema/place.ts'
import { read, settings } from '../../base/schema/settings.ts'
import { integer, text } from '../../base/schema/types.ts'
import { takeLock } from '../../formats/disk/lock-file.ts'
import { fileError } from '../../formats/disk/read-file.ts'
import { removeFile, replaceText, syncFolder, writeWhole } from '../../formats/disk/replace-file.ts'

/** The progress of an output. */
export interface Reached {
  /** Jobs and lines whose translations are in the output. */
  jobs: number
  lines: number
  /** Lines among them that could not be translated. */
  failures: number
  /** The size of the output in bytes. */
  bytes: number
  /** The digest of the ids of these jobs, which identifies file, model and options. */
  digest: string
}

const NOTHING: Reached = { jobs: 0, lines: 0, failures: 0, bytes: 0, digest: '' }

const journalSettings = settings({
  jobs: { type: integer(0), says: 'jobs that are joined' },
  lines: { type: integer(0), says: 'their lines' },
  failures: { type: integer(0), says: 'lines that could not be translated' },
  bytes: { type: integer(0), says: 'bytes of the output' },
  digest: { type: text, says: 'the digest of the ids of these jobs' },
})

/** The digest of a list of ids extended by one id. */
export const withId = (digest: string, id: string): string =>
  createHash('sha256').update(`${digest} ${id}`).digest('hex')

/**
 * A growing output: `OUTPUT.partial`, and beside it a journal of its progress, so that another process can resume. At
 * the end the file is renamed to its name.
 */
export class PartialOutput {
  readonly #output: string
  readonly #journal: string
  readonly #unlock: () => void
  readonly #descriptor: number
  #reached: Reached
  #saved = performance.now()

  private constructor(output: string, descriptor: number, unlock: () => void) {
    this.#output = output
    this.#journal = journalOf(output)
    this.#unlock = unlock
    this.#descriptor = descriptor
    this.#reached = readJournal(this.#journal, fstatSync(descriptor).size) ?? NOTHING
    ftruncateSync(descriptor, this.#reached.bytes) // text after the journal's last entry is written again
  }

  /** @throws GlassformerError ERR_FILE where the file cannot be written, or another process writes it */
  static open(output: string): PartialOutput {
    const unlock = takeLock(`${output}.partial.lock`)
    if (typeof unlock !== 'function')
      throw new GlassformerError(
        'ERR_FILE',
        `${output} is being written by process ${unlock.pid} on ${unlock.host}: wait for it, or take another output`,
      )
    let descriptor: number | null = null
    try {
      descriptor = openSync(partOf(output), 'a')
      return new PartialOutput(output, descriptor, unlock)
    } catch (cause) {
      if (descriptor !== null) closeSync(descriptor)
      unlock()
      throw fileError('write', output, cause)
    }
  }

  get reached(): Reached {
    return this.#reached
  }

  /** Discards existing output. */
  restart(): void {
    this.#reached = NOTHING
    this.#written(() => ftruncateSync(this.#descriptor, 0))
  }

  /** Appends the lines of a job. Once a second the appended lines are synced to disk. */
  append(id: string, lines: readonly string[], failures: number): void {
    const bytes = Buffer.from(lines.join(''))
    const before = this.#reached
    this.#written(() => writeWhole(this.#descriptor, bytes))
    this.#reached = {
      jobs: before.jobs + 1,
      lines: before.lines + lines.length,
      failures: before.failures + failures,
      bytes: before.bytes + bytes.length,
      digest: withId(before.digest, id),
    }
    if (performance.now() - this.#saved > 1000) this.save()
  }

  /** Syncs the output and writes the journal, so that another process can resume after the appended lines. */
  save(): void {
    this.#written(() => fsyncSync(this.#descriptor))
    replaceText(this.#journal, `${JSON.stringify(this.#reached)}\n`)
    this.#saved = performance.now()
  }

  /** Renames the complete output to its name. */
  finish(): void {
    this.#written(() => {
      fsyncSync(this.#descriptor)
      renameSync(partOf(this.#output), this.#output)
    })
    syncFolder(dirname(this.#output))
    removeFile(this.#journal)
  }

  close(): void {
    closeSync(this.#descriptor)
    this.#unlock()
  }

  #written(write: () => void): void {
    try {
      write()
    } catch (cause) {
      throw fileError('write', this.#output, cause)
    }
  }
}

const partOf = (output: string) => `${output}.partial`
const journalOf = (output: string) => `${output}.partial.json`

/**
 * The content of a journal; null where there is none, or where it does not fit a file of `size` bytes: then the work
 * starts again.
 */
function readJournal(path: string, size: number): Reached | null {
  try {
    const reached = read(journalSettings, JSON.parse(readFileSync(path, 'utf8')), inMemory(path))
    return reached.bytes <= size ? reached : null
  } catch {
    return null
  }
}
