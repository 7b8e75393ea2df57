import { afterEach, expect, it, vi } from 'vitest'
import { RedrawnLine } from '#dist/cli/redrawn-line.js'
import { hasTerminals, onTerminal, quoted } from './command.ts'

const CLEAR = '\r\x1b[K'

afterEach(() => vi.restoreAllMocks())

/** What `draw` writes to a terminal of so many columns. */
function drawnOn(columns: number, draw: (line: RedrawnLine) => void): string {
  let written = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += text
    return true
  })
  const before = process.stderr.columns
  process.stderr.columns = columns
  const line = new RedrawnLine()
  draw(line)
  line.clear()
  process.stderr.columns = before
  return written
}

it.each([
  [80, 'step 1/20 · loss 2.000 · 9 s left'],
  [34, 'step 1/20 · loss 2.000 · 9 s left'],
  [33, 'step 1/20 · loss 2.000'],
  [10, 'step 1/20'],
  [7, 'step 1'],
])('%i columns have room for: %s', (columns, fitted) => {
  const drawn = drawnOn(columns, (line) => line.draw(['step 1/20', 'loss 2.000', '9 s left']))
  expect(drawn).toBe(`\r${fitted}\x1b[K${CLEAR}`)
})

it('what is said stands above it', () => {
  const drawn = drawnOn(80, (line) => {
    line.draw(['a'])
    line.say('said')
    line.draw(['b'])
  })
  expect(drawn).toBe(`\ra\x1b[K${CLEAR}said\n\rb\x1b[K${CLEAR}`)
})

it.skipIf(!hasTerminals)('it is taken away when the process ends, as Ctrl-C ends a command', () => {
  const path = new URL('../../dist/cli/redrawn-line.js', import.meta.url).href
  const script = `import(${JSON.stringify(path)}).then(({ RedrawnLine }) => {
    new RedrawnLine().draw(['half done'])
    process.exit(130)
  })`
  const { stdout, status } = onTerminal([process.execPath, '-e', script].map(quoted).join(' '))
  expect({ stdout, status }).toEqual({ stdout: `\rhalf done\x1b[K${CLEAR}`, status: 130 })
})
