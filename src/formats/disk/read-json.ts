import type { ErrorCode } from '../../base/errors.ts'
import { type JsonObject, jsonObjectIn } from '../json/json-text.ts'
import { settingsFile } from './file-limit.ts'
import { readBytes, readText } from './read-file.ts'

/**
 * Reads the object in a JSON file of at most `most` bytes. @throws GlassformerError `code` with line, column and offset where the file is
 * not a JSON object.
 * @throws GlassformerError ERR_FILE as well
 */
export function readJsonObject(
  path: string,
  { code = settingsFile.code, most = settingsFile.most, read = readBytes }: Partial<JsonFile> = {},
): JsonObject {
  return jsonObjectIn(readText(path, { ...settingsFile, most, code }, read), path, code)
}

/** How to read a JSON file. */
interface JsonFile {
  code: ErrorCode
  /** Bytes. */
  most: number
  read: typeof readBytes
}
