import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { glassformer } from './command.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const commands = [
  'translate',
  'summarize',
  'generate',
  'pull',
  'train',
  'evaluate',
  'quantize',
  'convert',
  'shortlist',
  'info',
  'listing',
  'figure',
  'inspect',
  'files',
  'attribute',
  'sweep',
  'ablate',
  'export-activations',
  'build',
]

describe('glassformer', () => {
  test('--version prints the version of the package', async () => {
    expect(await glassformer(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  test('--help names every command, with examples', async () => {
    const { code, stdout } = await glassformer(['--help'])
    expect(code).toBe(0)
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'))
    expect(stdout).toContain('Examples:')
    expect(stdout).toContain('GLASSFORMER_BACKEND')
  })

  test.for(commands)('%s --help shows its examples', async (command) => {
    const { code, stdout, stderr } = await glassformer([command, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(`Usage: glassformer ${command}`)
    expect(stdout).toMatch(new RegExp(`Examples:\\n(.*\\n)*.*glassformer ${command}`))
    const prose = stdout.split('\n').filter((line) => !line.startsWith('  $ '))
    expect(prose.filter((line) => line.length > 80)).toEqual([])
  })

  test('translate --help names its options', async () => {
    const { stdout } = await glassformer(['help', 'translate'])
    const options = 'model beams alternatives json backend threads workers batch-tokens length-penalty max-tokens split'
    for (const option of options.split(' ')) expect(stdout).toContain(`--${option} `)
  })

  test('help prints the help of a command, or of all', async () => {
    expect(await glassformer(['help', 'info'])).toEqual(await glassformer(['info', '--help']))
    expect(await glassformer(['help'])).toEqual(await glassformer(['--help']))
  })

  test('translate --help says how many hypotheses the embedded model has by default', async () => {
    const { beams } = JSON.parse((await glassformer(['info', '--json'])).stdout).model.generation
    const { stdout } = await glassformer(['translate', '--help'])
    expect(stdout.replace(/\s+/g, ' ')).toContain(`default: what the model says, the embedded one ${beams})`)
  })

  test('without a command it prints the help to standard error, as wrong usage', async () => {
    const { code, stdout, stderr } = await glassformer([])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: glassformer')
  })

  test.for([
    { args: ['translate', '--frobnicate', 'x'], names: '--frobnicate' },
    { args: ['frobnicate'], names: 'frobnicate' },
    { args: ['help', 'frobnicate'], names: "unknown command 'frobnicate'" },
    { args: ['translate', '--beams', '0', 'x'], names: '--beams' },
    { args: ['translate', '--beams', 'two', 'x'], names: 'two' },
    { args: ['translate', '--threads', '1.5', 'x'], names: '1.5' },
    { args: ['translate', '--length-penalty', '', 'x'], names: '--length-penalty' },
    { args: ['translate', '--backend', 'gpu', 'x'], names: 'native' },
    { args: ['translate', '--model'], names: '--model' },
    { args: ['info', 'extra'], names: 'argument' },
    { args: ['listing', '--beams', '2'], names: '--part step' },
  ])('wrong usage prints one line, with status 2: $args', async ({ args, names }) => {
    const { code, stdout, stderr } = await glassformer(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^glassformer: /)
    expect(stderr).toContain(names)
    expect(stderr).not.toContain('    at ')
  })

  test.for([
    { args: ['translate', '--model', '/nowhere', 'x'], code: 'ERR_FILE' },
    { args: ['info', '--model', '/nowhere'], code: 'ERR_FILE' },
    { args: ['listing', '--model', '/nowhere'], code: 'ERR_FILE' },
    { args: ['translate', '--alternatives', '9', '--beams', '2', 'x'], code: 'ERR_OPTION' },
    { args: ['listing', '--part', 'step', '--length', '9999'], code: 'ERR_OPTION' },
  ])('an error is a line with its code, with status 1: $args', async ({ args, code }) => {
    const result = await glassformer(args)
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code: 1, stdout: '' })
    expect(result.stderr).toMatch(new RegExp(`^glassformer: ${code}: [^\\n]+\\n$`))
  })
})
