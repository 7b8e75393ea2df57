import { ModelInspector } from 'glassformer/inspect'
import { afterAll, describe, expect, test } from 'vitest'
import { widthOf } from '#dist/cli/terminal/width.js'
import { EXPLAINED, explanation } from '#dist/cli/translate/explain.js'
import { glassformer, hasTerminals, isSlow, onTerminal, shellCommand } from '../command.ts'

const TEXT = 'Elle lit un livre.'
const SHADES = '·░▒▓█'

const inspector = ModelInspector.load(undefined, isSlow ? { backend: 'js' } : {})
afterAll(() => inspector.close())
const traceOf = (text: string) => inspector.inspect(text, EXPLAINED)

describe('glassformer translate --explain', () => {
  test('prints the translation, the attention of each token, and the most probable tokens of each step', async () => {
    const { code, stdout, stderr } = await glassformer(['translate', '--explain', TEXT], '', { FORCE_COLOR: undefined })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const trace = traceOf(TEXT)
    const lines = stdout.split('\n')
    expect(lines[0]).toBe(trace.target.text)
    const layer = Number(/decoder layer (\d+) of 2/.exec(stdout)![1])
    const label = Math.max(...trace.target.tokens.map(({ length }) => length))
    const { values, shape } = trace.tensors[`decoder.${layer}.crossAttention.weights`]
    const [heads, T, S] = shape
    trace.target.tokens.forEach((token, t) => {
      const row = lines.find((line) => line.startsWith(token.padEnd(label)))!
      const cells = Array.from({ length: S }, (_, s) => row.slice(label + 1 + 2 * s, label + 3 + 2 * s).padEnd(2))
      const weights = cells.map((_, s) => {
        let sum = 0
        for (let head = 0; head < heads; head++) sum += values[(head * T + t) * S + s]
        return sum / heads
      })
      const shades = cells.map((cell) => SHADES.indexOf(cell[0]))
      expect(shades.indexOf(Math.max(...shades))).toBe(shades.indexOf(shades[weights.indexOf(Math.max(...weights))]))
      cells.forEach((cell, s) => expect(cell === '  ', `${token} ${s}`).toBe(weights[s] < 0.02))
    })
    trace.steps.forEach(({ chosen, top }, step) => {
      const at = lines.findIndex((line) => line.trimStart().startsWith(`${step + 1}  ${chosen.token}`))
      const told = lines.slice(at, at + 2).join('\n')
      for (const { token, logProbability } of top)
        expect(told.replace(/ +/g, ' ')).toContain(`${token} ${(100 * Math.exp(logProbability)).toFixed(1)} %`)
    })
    for (const word of ['▁livre', '</s>']) {
      const column = trace.source.tokens.indexOf(word)
      const header = lines.slice(
        3,
        lines.findIndex((line) => line.startsWith('▁')),
      )
      expect(
        header
          .map((line) => line[label + 1 + 2 * column] ?? ' ')
          .join('')
          .trim(),
      ).toBe(word)
    }
  })

  test('explains each line of standard input, and each sentence in it; reports lines that it cannot take', async () => {
    const { code, stdout, stderr } = await glassformer(
      ['translate', '--explain', '--beams', '1'],
      `Merci. Bonjour.\n${'a '.repeat(3000)}\n\nOui.\n`,
    )
    expect(code).toBe(1)
    expect(stderr).toMatch(/^glassformer: ERR_INPUT_TOO_LONG: line 2: /)
    expect(stdout).toMatch(/^Thank you\. Hello\.\n/)
    expect(stdout.match(/Attention to the source/g)).toHaveLength(3)
    expect(stdout).toMatch(/\nYes\.\n/)
  })

  test('takes ids', async () => {
    const ids = traceOf('Merci.').source.ids
    const { stdout } = await glassformer(['translate', '--explain', '--ids', ids.join(' ')])
    expect(stdout.split('\n')[0]).toBe(traceOf('Merci.').target.ids.join(' '))
    expect(stdout).toContain('▁Thank')
  })

  test.each([['--json'], ['--alternatives', '2']])('does not go with %s', async (...flags) => {
    const { code, stderr } = await glassformer(['translate', '--explain', ...flags, 'Merci.'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/--explain.* cannot be used with/)
  })

  test('a file has colors only with FORCE_COLOR', async () => {
    const of = async (env: NodeJS.ProcessEnv) => {
      const none = { FORCE_COLOR: undefined, NO_COLOR: undefined }
      return (await glassformer(['translate', '--explain', 'Merci.'], '', { ...none, ...env })).stdout
    }
    expect(await of({})).not.toContain('\x1b')
    expect(await of({ FORCE_COLOR: '0' })).not.toContain('\x1b')
    expect(await of({ FORCE_COLOR: '1' })).toContain('\x1b[36m')
    expect(await of({ FORCE_COLOR: '3', NO_COLOR: '1' })).toContain('\x1b[48;5;')
  })

  test.runIf(hasTerminals)('a terminal has colors unless NO_COLOR is set', async () => {
    const command = shellCommand('translate', '--explain', 'Merci.')
    const none = 'env -u CI -u FORCE_COLOR -u NO_COLOR TERM=xterm-256color'
    expect((await onTerminal(`${none} sh -c "${command.replaceAll('"', '\\"')}"`)).stdout).toContain('\x1b[48;5;')
    expect((await onTerminal(`${none} NO_COLOR=1 sh -c "${command.replaceAll('"', '\\"')}"`)).stdout).not.toContain(
      '\x1b[',
    )
  })
})

describe('an explanation', () => {
  test.each([30, 44, 80])('fits into %i columns, for any sentence', (columns) => {
    const texts = [TEXT.repeat(4), 'مرحبا بالعالم', '東京 😀 👩‍👩‍👧‍👦 anticonstitutionnellement']
    for (const text of texts)
      for (const line of explanation(traceOf(text), { columns, colors: 'none' }).split('\n').slice(1))
        expect(widthOf(line), line).toBeLessThanOrEqual(Math.max(columns, line.startsWith('The most') ? 40 : 0))
  })

  test('does not move the cursor, for any source', () => {
    const { source, ...trace } = traceOf('Merci.')
    const tokens = ['\x1b[2J', '\u202e', '</s>']
    const text = explanation({ ...trace, source: { ...source, tokens } }, { columns: 80, colors: 'none' })
    for (const code of ['\x1b', '\u202e']) expect(text).not.toContain(code)
  })
})
