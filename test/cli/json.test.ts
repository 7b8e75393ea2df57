import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AS_THE_MODEL_SAYS, SEARCH_HEADING } from '#dist/cli/flags/schema-flags.js'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { newFolder, smallConfig } from '../learn/train/small-run.ts'
import { glassformer } from './command.ts'

const folder = scratchFolder()

/** The one JSON object that a command prints. */
async function printed(args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await glassformer(args)
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout)
}

test('listing --json has op, operands and shapes of each instruction, and with --profile its seconds', async () => {
  const { name, instructions } = await printed(['listing', '--part', 'step', '--json'])
  expect(name).toBe('step')
  expect(instructions).toContainEqual(
    expect.objectContaining({
      op: 'embed',
      inputs: expect.objectContaining({ table: expect.objectContaining({ rows: 12000, width: 256 }) }),
    }),
  )
  const profiled = await printed(['listing', '--part', 'step', '--profile', '--json'])
  expect(profiled.plays).toBeGreaterThanOrEqual(5)
  for (const { seconds } of profiled.instructions as { seconds: number }[]) expect(seconds).toBeGreaterThan(0)
})

test('memory --json has the number of units, and what was found', async () => {
  const file = join(folder, 'ours.memory')
  expect(await printed(['memory', file, '--add', 'Je suis étudiant.', 'I am a pupil.', '--json'])).toEqual({
    file,
    units: 1,
  })
  const { found } = await printed(['memory', file, '--find', 'Je suis étudiant !', '--json'])
  expect(found).toEqual([expect.objectContaining({ target: 'I am a pupil.', score: expect.any(Number) })])
})

test('files --json has the files, their bytes and the platform', async () => {
  const { files, bytes, platform } = await printed(['files', join(folder, 'bundle'), '--model', 'none', '--json'])
  expect(files).toContain('package.json')
  expect(bytes).toBeGreaterThan(1e6)
  expect(platform).toMatch(/^\w+-\w+/)
})

test('report --json has the scores of each training', async () => {
  const settings = join(folder, 'settings.json')
  writeFileSync(settings, JSON.stringify(smallConfig()))
  const run = newFolder()
  expect(await glassformer(['train', settings, '--output', run, '--backend', 'js'])).toMatchObject({ code: 0 })
  const output = join(folder, 'compared.html')
  const { runs } = await printed(['report', run, '--output', output, '--json'])
  expect(runs).toEqual([expect.objectContaining({ step: 12, isDone: true, loss: expect.any(Number), kept: [] })])
  expect(readFileSync(output, 'utf8')).toContain('<html')
})

test('build has --json', async () => {
  expect((await glassformer(['build', '--help'])).stdout).toContain('--json')
})

test.each([
  ['translate', ['Texts:', SEARCH_HEADING, 'Machine and memory:']],
  ['train', ['Pairs:', 'Shape of a new model:', 'Training:', 'Measuring:']],
  ['serve', ['Listening:', 'Service:', 'Models and machine:']],
  ['transcribe', ['Speech:', 'Subtitles:']],
])('the help of %s has headings, and says once whose the defaults are', async (command, headings) => {
  const { stdout } = await glassformer([command, '--help'])
  const lines = stdout.split('\n')
  for (const heading of headings) expect(lines).toContain(heading)
  expect(stdout).not.toContain(`(default: ${AS_THE_MODEL_SAYS})\n`)
  expect(stdout.replace(/\s+/g, ' ').split(`(default: ${AS_THE_MODEL_SAYS})`).length).toBeLessThanOrEqual(2)
})
