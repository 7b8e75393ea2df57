import { type JsonObject, jsonObjectIn } from '../json/json-text.ts'
import { type FileLimit, settingsFile } from './file-limit.ts'
import { textIn } from './utf8.ts'

/**
 * The bytes of a file with random access. `read` fills an array from a position on; all of these bytes must be in the
 * file.
 */
export interface RandomAccess {
  readonly path: string
  readonly size: number
  read(into: ArrayBufferView, position: number): void
}

/** A file that can be read at any position until it is closed. */
export interface OpenFile extends RandomAccess {
  close(): void
}

/** A folder whose files are read from a disk or in a browser. Names are those of files in the folder itself. */
export abstract class Folder {
  /** The folder's path or URL in messages. */
  abstract readonly path: string

  /** The path or URL of a file in messages. */
  abstract at(name: string): string

  /** The names of its files, sorted; null where they cannot be listed, as on a server. @throws GlassformerError ERR_FILE */
  abstract names(): string[] | null

  /** @throws GlassformerError ERR_FILE where the existence cannot be determined */
  abstract has(name: string): boolean

  /** @throws GlassformerError ERR_FILE where the file is missing or cannot be read */
  abstract open(name: string): OpenFile

  /** All bytes of a file. @throws GlassformerError ERR_FILE; the limit's code where the file is larger than the limit */
  abstract bytes(name: string, limit: FileLimit): Uint8Array

  /** The text of a file in UTF-8. @throws GlassformerError as `bytes`; the limit's code where the file is not UTF-8 */
  text(name: string, limit: FileLimit): string {
    return textIn(this.bytes(name, limit), this.at(name), limit.code)
  }

  /** The object in a JSON file. @throws GlassformerError as `text`; the limit's code where there is no object */
  json(name: string, limit: FileLimit = settingsFile): JsonObject {
    return jsonObjectIn(this.text(name, limit), this.at(name), limit.code)
  }
}
