import { GlassformerError, isError } from '../../base/errors.ts'

/** A known error as one line for users; `where` names the input that the error is about. */
export const lineOf = ({ code, message }: GlassformerError, where = ''): string =>
  `glassformer: ${code}: ${where}${message}`

/**
 * Ends the command as failed. A known error is printed in one line, any other error with the details that a bug report
 * needs.
 */
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
