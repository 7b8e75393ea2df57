import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommanderError } from 'commander'
import { afterAll, describe, expect, test } from 'vitest'
import { CommandLine } from '#dist/cli/command-line.js'
import { addFigure } from '#dist/cli/figure/command.js'
import { ModelInspector } from '#dist/look/inspect/model-inspector.js'
import { figure, figureNeeds } from '#dist/trace/figure/figure.js'
import { glassformer } from '../command.ts'

const folder = mkdtempSync(join(tmpdir(), 'glassformer-figure-'))
afterAll(() => rmSync(folder, { recursive: true }))

const source = 'Je suis étudiant.'
/** The size of a PNG, which is checked to be one. */
function sizeOf(path: string): [number, number] {
  const bytes = readFileSync(path)
  expect(bytes.subarray(1, 4).toString()).toBe('PNG')
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
}

describe('glassformer figure', () => {
  test('writes what figure() draws of the trace of the same sentence', async () => {
    const path = join(folder, 'heads.svg')
    const flags = ['--kind', 'encoder', '--layer', '1', '--query', 'suis', '--theme', 'dark', '--backend', 'js']
    const { code, stdout, stderr } = await glassformer(['figure', 'heads', source, ...flags, '-o', path])
    expect([code, stdout, stderr]).toEqual([0, '', ''])
    const options = { kind: 'encoder', layer: 1, query: 'suis', theme: 'dark' } as const
    const inspector = ModelInspector.load(undefined, { backend: 'js' })
    const trace = inspector.inspect(source, figureNeeds('heads', options))
    inspector.close()
    expect(readFileSync(path, 'utf8')).toBe(figure('heads', trace, options))
  })

  test('writes SVG to standard output without --output, for a given target', async () => {
    const { code, stdout } = await glassformer(['figure', 'attention', source, '--target', 'A student I am.'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^<svg /)
    for (const token of ['>A<', '>student<', '>am<', '>étudiant<']) expect(stdout).toContain(token)
  })

  test('writes a PNG of twice the size, or of the requested width', async () => {
    const [twice, wide] = [join(folder, 'twice.png'), join(folder, 'wide.PNG')]
    const positions = ['figure', 'positions', '--length', '20', '--dimensions', '512', '--encoding', 'halves']
    expect((await glassformer([...positions, '-o', twice])).code).toBe(0)
    expect(sizeOf(twice)[0]).toBe(2 * 860)
    expect((await glassformer([...positions, '-o', wide, '--width', '300'])).code).toBe(0)
    expect(sizeOf(wide)[0]).toBe(300)
  })

  test('draws the whole machine without a sentence', async () => {
    const { code, stdout } = await glassformer(['figure', 'architecture'])
    expect(code).toBe(0)
    for (const text of ['[S × 256]', '4 heads of 64, [T × S]']) expect(stdout).toContain(text)
  })

  test('without @resvg/resvg-js a PNG is an error that names the package to install, and nothing is written', async () => {
    const path = join(folder, 'none.png')
    const missing =
      "export async function resolve(name,context,next){if(name.startsWith('@resvg'))throw new Error('no');return next(name,context)}"
    const hooks = `data:text/javascript,${encodeURIComponent(missing)}`
    const register = `import{register}from'node:module';register(${JSON.stringify(hooks)})`
    const environment = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(register)}` }
    const { code, stderr } = await glassformer(['figure', 'positions', '-o', path], '', environment)
    expect(code).toBe(1)
    expect(stderr).toContain('glassformer: ERR_UNSUPPORTED: ')
    expect(stderr).toContain('npm install @resvg/resvg-js')
    expect(existsSync(path)).toBe(false)
  })

  test.each<[string[], string]>([
    [['atention', source], '(Did you mean attention?)'],
    [['lens'], 'figure lens is of a sentence'],
    [['lens', source, '--layer', '1'], '--layer belongs to the figures attention, heads and neuron, not to lens'],
    [['positions', source], 'figure positions is of no sentence'],
    [['beam', source, '--target', 'I am.'], '--target leaves nothing to search for'],
    [['architecture', '--beams', '4'], '--beams belongs to a figure of a sentence'],
    [['positions', '-o', 'picture.jpg'], '--output must end with .svg or .png'],
    [['positions', '-o', 'picture.png', '--theme', 'either'], 'a PNG is light or dark'],
    [['positions', '--encoding', 'halfs'], '(Did you mean halves?)'],
    [['positions', '--lenght', '3'], '(Did you mean --length?)'],
  ])('%j is wrong usage: %s', async (args, message) => {
    let said = ''
    const program = new CommandLine('glassformer')
      .exitOverride()
      .configureOutput({ writeErr: (text) => (said += text) })
    addFigure(program)
    await expect(program.parseAsync(['figure', ...args], { from: 'user' })).rejects.toBeInstanceOf(CommanderError)
    expect(said).toContain(message)
  })

  test.each<[string[], string]>([
    [['heads', source, '--query', 'sui'], 'ERR_OPTION'],
    [['positions', '-o', 'no/such/folder/x.svg'], 'ERR_FILE'],
  ])('%j fails with %s', async (args, code) => {
    expect(await glassformer(['figure', ...args])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`glassformer: ${code}: `),
    })
  })

  test('--help describes every figure and option', async () => {
    const { code, stdout } = await glassformer(['figure', '--help'])
    expect(code).toBe(0)
    for (const text of ['architecture', '--encoding', '--hide-end', '@resvg/resvg-js', '--query <token>'])
      expect(stdout).toContain(text)
  })
})
