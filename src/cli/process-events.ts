import { fileError } from '../formats/disk/read-file.ts'
import { reportFailure } from './terminal/failure.ts'

/**
 * Ends the command properly on signals and closed pipes. `exit` handlers run in each case, and restore the terminal.
 */
export function endOnSignalsAndClosedPipes(): void {
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
  for (const name of ['stdout', 'stderr'] as const)
    process[name].on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' && name === 'stderr') return // the output is still wanted
      if (error.code === 'EPIPE') process.exit(0) // the reader has closed the pipe, as `head` does
      reportFailure(fileError('write', name === 'stdout' ? 'standard output' : 'standard error', error))
      process.exit()
    })
  process.once('uncaughtException', (error) => {
    reportFailure(error)
    process.exit()
  })
}

/**
 * Prints the library's warnings in one line, without the process number and the advice for developers that Node adds.
 */
export function showWarningsAsLines(): void {
  if (process.listenerCount('warning') === 0) return // NODE_NO_WARNINGS
  process.removeAllListeners('warning')
  process.on('warning', ({ message }) => process.stderr.write(`glassformer: ${message}\n`))
}
