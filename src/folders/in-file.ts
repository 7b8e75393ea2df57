import { GlassformerError } from '../errors.ts'

/** What `check` makes of options that a file gives: those that it refuses are the file's fault, ERR_MODEL_FORMAT with `where` in front. */
export function inFile<T>(where: string, check: () => T): T {
  try {
    return check()
  } catch (cause) {
    throw new GlassformerError('ERR_MODEL_FORMAT', `${where}: ${(cause as Error).message}`, { cause })
  }
}
