import { GlassformerError, isError } from '../../base/errors.ts'

/** A known error as the one line that people see; `where` says to what the error belongs. */
export const lineOf = ({ code, message }: GlassformerError, where = ''): string =>
  `glassformer: ${code}: ${where}${message}`

/** Ends the command as failed. Known errors are printed in a line, others with everything that a report needs. */
export function reportFailure(error: unknown): void {
  process.exitCode = 1
  if (error instanceof GlassformerError && error.code !== 'ERR_INTERNAL') process.stderr.write(`${lineOf(error)}\n`)
  else
    process.stderr.write(
      `${story(error)}\n\nThis is a fault of glassformer. Please report it with the command and the lines above.\n`,
    )
}

/** Stack and causes. A fault in a worker thread carries the stack of that thread as its cause. */
function story(error: unknown): string {
  if (!isError(error)) return String(error)
  const text = error.stack ?? `${error.name}: ${error.message}`
  return error.cause === undefined ? text : `${text}\ncaused by ${story(error.cause)}`
}
