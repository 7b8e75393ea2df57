import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isKnown } from '#dist/cli/terminal/progress.js'
import { root } from '../repository/repository.ts'
import { glassformer } from './command.ts'

describe('help', () => {
  test.each([
    ['translate', '--no-copy-unknown', /leaves what the model's\s+vocabulary cannot say/],
    ['translate', '--no-read-capitals', /as they are\s+written/],
    ['serve', '--no-metrics', /has no figures/],
    ['serve', '--no-page', /has no page/],
  ])("%s %s describes the flag's effect, and not its opposite", async (command, flag, words) => {
    const { stdout } = await glassformer([command, '--help'])
    const [, said] = new RegExp(`${flag} +((?:.|\\n(?! *-))*)`).exec(stdout)!
    expect(said).toMatch(words)
  })

  test('for an unknown command is wrong usage', async () => {
    const { code, stdout, stderr } = await glassformer(['frobnicate', '--help'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^glassformer: unknown command 'frobnicate'/)
  })

  test('names all backends', async () => {
    expect((await glassformer(['--help'])).stdout).toMatch(/GLASSFORMER_BACKEND +auto, native, wasm or js/)
  })
})

test('the suggestion precedes the list of choices', async () => {
  const { code, stderr } = await glassformer(['translate', '--split', 'alway', 'x'])
  expect(code).toBe(2)
  expect(stderr).toMatch(/ is invalid \(Did you mean always\?\)\. Allowed choices are auto, /)
})

test("an unknown layer is refused with a list of the model's layers", async () => {
  const { code, stderr } = await glassformer(['figure', 'heads', '--kind', 'encoder', '--layer', '9', 'Merci.'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^glassformer: ERR_OPTION: option 'layer' must be .*0 to 5.*9\n$/)
})

test('--explain says that it counts layers from 0', async () => {
  const { stdout } = await glassformer(['translate', '--explain', 'Merci.'])
  expect(stdout).toMatch(/decoder layer [01] of 2, counted from 0/)
})

test('a binary input ends the command after ten lines, and a text with some bad lines does not', async () => {
  const binary = Buffer.from('\x7fELF\0\xff\xfe\n'.repeat(1000), 'latin1')
  const { code, stderr } = await glassformer(['translate'], binary)
  expect(code).toBe(1)
  expect(stderr.match(/line \d+: it is not UTF-8/g)).toHaveLength(10)
  expect(stderr).toMatch(/glassformer: ERR_INPUT: 10 lines are binary data, which ends the translation/)
  const mixed = Buffer.from('Merci.\nMerci.\n\0\xff\n'.repeat(12), 'latin1')
  const translated = await glassformer(['translate', '--beams', '1'], mixed)
  expect(translated.stdout.split('\n')).toHaveLength(37)
  expect(translated.stderr.match(/line \d+: it is not UTF-8/g)).toHaveLength(12)
})

test('the time left is shown once it can be estimated', () => {
  expect([isKnown(0.1, 0), isKnown(0.2, 0.01), isKnown(0.2, 0.3), isKnown(3, 0.001)]).toEqual([
    false,
    false,
    true,
    true,
  ])
})

test('hints name a command that works where glassformer is not on PATH', () => {
  const folder = join(root, 'src')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  const bare = files.flatMap((file) =>
    [
      ...readFileSync(join(folder, file), 'utf8').matchAll(
        /(?:'|by: |run |; |and )glassformer (?:build|dead|pull|quantize|shortlist|translate)\b.*/g,
      ),
    ]
      .filter(([line]) => /[`'],?$/.test(line))
      .map(([line]) => `${file}: ${line}`),
  )
  expect(bare).toEqual([])
})
