import { GlassformerError } from '../errors.ts'

/**
 * The result of `check` for options of a file. Options that `check` refuses are a fault of the file: ERR_MODEL_FORMAT with `where` in
 * front.
 */
export function inFile<T>(where: string, check: () => T): T {
  try {
    return check()
  } catch (cause) {
    throw new GlassformerError('ERR_MODEL_FORMAT', `${where}: ${(cause as Error).message}`, { cause })
  }
}
