import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { ModelInspector } from '#dist/look/inspect/model-inspector.js'
import { glassformer } from '../command.ts'

const folder = mkdtempSync(join(tmpdir(), 'glassformer-activations-'))
afterAll(() => rmSync(folder, { recursive: true }))
const texts = ['Le chat dort.', 'Les chats dorment.', 'Je suis étudiant.', '', 'Elle lit un livre.']
const lines = join(folder, 'lines.txt')
writeFileSync(lines, `${texts.join('\n')}\n`)
const targets = join(folder, 'targets.txt')
writeFileSync(targets, 'The cat sleeps.\nThe cats sleep.\nI am a student.\n\nShe reads a book.\n')
const common = ['--backend', 'js', '--precision', 'float32', '--shard-lines', '2']
const run = (...args: string[]) => glassformer(['export-activations', ...args])

function tensor(path: string, name: string) {
  const file = openSafetensors(path)
  try {
    const { shape, dtype } = file.tensors.get(name)!
    if (dtype === 'I32') return { shape, values: Array.from(file.readIntegers(name), Number) }
    const values = new Float32Array(shape.reduce((a, b) => a * b))
    file.readFloats(name, values)
    return { shape, values: Array.from(values) }
  } finally {
    file.close()
  }
}

describe('glassformer export-activations', () => {
  const output = join(folder, 'acts')
  const args = [
    lines,
    '--targets',
    targets,
    '--tensors',
    'encoder.*.out',
    'decoder.0.crossAttention.heads',
    '-o',
    output,
  ]

  test('writes shards with the tensors of each line, as inspect has them', async () => {
    const { code, stdout, stderr } = await run(...args, ...common, '--progress')
    expect(code, stderr).toBe(0)
    expect(stdout).toContain('5 lines in 3 files')
    expect(stderr).toContain('5 lines')
    const inspector = ModelInspector.load(undefined, { backend: 'js', precision: 'float32' })
    const english = readFileSync(targets, 'utf8').split('\n')
    for (const [i, text] of texts.entries()) {
      const path = join(output, `activations-0000${Math.floor(i / 2)}.safetensors`)
      const [begin, end] = tensor(path, 'source.offsets').values.slice(i % 2, (i % 2) + 2)
      const trace = inspector.inspect(text, {
        target: english[i],
        tensors: ['encoder.1.out', 'decoder.0.crossAttention.heads'],
      })
      expect(tensor(path, 'source.ids').values.slice(begin, end)).toEqual(trace.source.ids)
      for (const [name, side] of [
        ['encoder.1.out', 'source'],
        ['decoder.0.crossAttention.heads', 'target'],
      ] as const) {
        const { shape, values } = tensor(path, name)
        const [from, to] = tensor(path, `${side}.offsets`).values.slice(i % 2, (i % 2) + 2)
        const own = values.slice(from * shape[1], to * shape[1])
        expect(own.length).toBe(trace.tensors[name].values.length)
        for (const [at, value] of own.entries())
          expect(Math.abs(value - trace.tensors[name].values[at])).toBeLessThan(1e-4)
      }
    }
    inspector.close()
  })

  test('goes on where it was stopped, and keeps what is there', async () => {
    const shard = join(output, 'activations-00001.safetensors')
    const before = readFileSync(shard)
    rmSync(shard)
    const { code, stdout } = await run(...args, ...common)
    expect(code).toBe(0)
    expect(stdout).toContain('of which 2 had been written before')
    expect(readFileSync(shard)).toEqual(before)
    expect(readdirSync(output).sort()).toEqual(
      ['activations-00000', 'activations-00001', 'activations-00002']
        .map((name) => `${name}.safetensors`)
        .concat('activations.json'),
    )
  })

  test.each<[string, string[], RegExp]>([
    ['other settings', [...args, ...common, '--dtype', 'float16'], /ERR_OPTION: .* other settings/],
    [
      'a tensor that is none',
      [lines, '-t', 'encoder.*.outt', '-o', join(folder, 'none')],
      /ERR_OPTION: .*no tensor named/,
    ],
    ['weights of attention', [lines, '-t', '**.weights', '-o', join(folder, 'none')], /ERR_OPTION/],
    ['no targets', [lines, '-t', 'decoder.output', '-o', join(folder, 'none')], /ERR_OPTION: .*give --targets/],
    ['no file', ['missing.txt', '-t', 'encoder.output', '-o', join(folder, 'none')], /ERR_FILE/],
  ])('%s is refused', async (_, given, message) => {
    const { code, stderr } = await run(...given)
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
  })

  test('other lines are refused', async () => {
    writeFileSync(lines, texts.toReversed().join('\n'))
    const { code, stderr } = await run(...args, ...common)
    expect(code).toBe(1)
    expect(stderr).toMatch(/written for other lines/)
  })
})
