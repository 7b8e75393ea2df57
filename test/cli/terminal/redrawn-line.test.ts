import { stripVTControlCharacters } from 'node:util'
import { afterEach, expect, it, vi } from 'vitest'
import { RedrawnLine } from '#dist/cli/terminal/redrawn-line.js'
import { hasTerminals, onTerminal, quoted } from '../command.ts'

afterEach(() => vi.restoreAllMocks())

/** The lines that `draw` leaves on a terminal of this width, as they were written. */
async function drawnOn(columns: number, draw: (line: RedrawnLine) => void): Promise<string[]> {
  let written = ''
  const stream = process.stderr
  vi.spyOn(stream, 'write').mockImplementation((text) => {
    written += text
    return true
  })
  const before = { columns: stream.columns, isTTY: stream.isTTY }
  Object.assign(stream, { columns, isTTY: true })
  const line = await RedrawnLine.open()
  draw(line)
  line.clear()
  Object.assign(stream, before)
  return shown(written)
}

/** The texts between controls of the terminal; CLEARED where a line is removed. */
const shown = (written: string) =>
  stripVTControlCharacters(written.replaceAll('\x1b[2K', `${CLEARED}\n`).replaceAll('\x1b', '\n\x1b'))
    .split(/\s*\n/)
    .filter((text) => text !== '')

const CLEARED = '(cleared)'

it.each([
  [80, 'step 1/20 · loss 2.000 · 9 s left'],
  [34, 'step 1/20 · loss 2.000 · 9 s left'],
  [33, 'step 1/20 · loss 2.000'],
  [10, 'step 1/20'],
  [7, 'step 1'],
])('%i columns have room for: %s', async (columns, fitted) => {
  const drawn = await drawnOn(columns, (line) => line.draw(() => ['step 1/20', 'loss 2.000', '9 s left']))
  expect(drawn).toEqual([fitted, CLEARED])
})

it('messages are printed above it', async () => {
  const drawn = await drawnOn(80, (line) => {
    line.draw(() => ['a'])
    line.say('said')
    line.draw(() => ['b'])
  })
  expect(drawn).toEqual(['a', CLEARED, 'said', 'b', CLEARED])
})

it.skipIf(!hasTerminals)('it is removed when the process ends, even by Ctrl-C', () => {
  const path = new URL('../../../dist/cli/terminal/redrawn-line.js', import.meta.url).href
  const script = `import(${JSON.stringify(path)}).then(async ({ RedrawnLine }) => {
    const line = await RedrawnLine.open()
    line.draw(() => ['half done'])
    process.exit(130)
  })`
  const { stdout, status } = onTerminal([process.execPath, '-e', script].map(quoted).join(' '))
  expect({ shown: shown(stdout), status }).toEqual({ shown: ['half done', CLEARED], status: 130 })
  expect(stdout.lastIndexOf('\x1b[?25h')).toBeGreaterThan(stdout.lastIndexOf('\x1b[?25l'))
})
