import { afterEach, expect, it, vi } from 'vitest'
import { GlassformerError } from '#dist/base/errors.js'
import { reportFailure } from '#dist/cli/terminal/failure.js'

/** The text on standard error about a failure. */
function reported(error: unknown): string {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  reportFailure(error)
  const text = write.mock.calls.map(([part]) => part).join('')
  write.mockRestore()
  return text
}

afterEach(() => {
  expect(process.exitCode).toBe(1)
  process.exitCode = undefined
})

it('a known error is printed in one line', () => {
  expect(reported(new GlassformerError('ERR_FILE', 'cannot read a.tsv'))).toBe(
    'glassformer: ERR_FILE: cannot read a.tsv\n',
  )
})

it('an internal error is printed with its stack, the stacks of its causes, and the next step', () => {
  const inWorker = 'TypeError: x is not a function\n    at worker.ts:1'
  const text = reported(new GlassformerError('ERR_INTERNAL', 'x is not a function', { cause: inWorker }))
  expect(text).toMatch(/^GlassformerError: x is not a function\n {4}at /)
  expect(text).toContain(`\ncaused by ${inWorker}\n\nThis is a fault of glassformer. Please report it`)
  expect(reported('a text')).toMatch(/^a text\n\nThis is a fault/)
})
