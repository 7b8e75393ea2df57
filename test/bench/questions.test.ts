import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { modelNames } from '../../bench/harness/model-names.ts'
import { questionNames } from '../../bench/harness/question.ts'
import type { Cell } from '../../bench/harness/row.ts'
import { nativeReasons, wasmBackends } from '../backends.ts'
import { compileBench } from './compile-bench.ts'
import { writeStubPeers } from './stub-peers.ts'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'glassformer-bench-questions-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const node = (args: readonly string[], env = process.env) =>
  spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env, timeout: 600_000 })

const isThere = (command: string) => spawnSync(command, ['--version']).status === 0
const needsNative = ['kernels', 'limit', 'products', 'ctranslate2', 'hub', 'int4', 'transformers-js', 'marian']
const lacks: Record<string, string | false> = {
  ...Object.fromEntries(needsNative.map((name) => [name, nativeReasons[0] ?? false])),
  ...(isThere(process.env.CXX || 'c++') ? {} : { kernels: 'no C++ compiler', limit: 'no C++ compiler' }),
  ...(isThere('python3') ? {} : { ctranslate2: 'no python3', marian: 'no python3', slimt: 'no python3' }),
  ...(wasmBackends.length === 0 && { wasm: 'WebAssembly is not built' }),
}

describe('every question with every model, in small, beside stand-ins of the peers', () => {
  let printed = ''
  let cells: Cell[] = []
  beforeAll(async () => {
    await compileBench()
    const { peers, bergamot, shared } = writeStubPeers(folder)
    const file = join(folder, 'cells.json')
    const places = ['--peers', peers, '--shared', shared, '--json', file]
    const { status, stdout, stderr } = node(
      ['bench/dist/run.js', '--small', '--seconds', '0.001', '--models', ...modelNames, ...places],
      { ...process.env, GLASSFORMER_BERGAMOT: bergamot },
    )
    expect(status, `${stdout}\n${stderr}`).toBe(0)
    printed = stdout
    cells = JSON.parse(readFileSync(file, 'utf8'))
  }, 600_000)

  const of = (name: string) => cells.filter(({ bench }) => bench === name)

  test.for(questionNames.map((name) => ({ name })))('$name is answered', ({ name }, { skip }) => {
    if (lacks[name]) skip(lacks[name])
    expect(of(name).length, printed).toBeGreaterThan(0)
    expect(printed).not.toContain(`\n${name} is not measured`)
  })

  test.for(
    ['encode', 'step', 'translate', 'limit', 'products', 'ctranslate2', 'transformers-js', 'wasm'].map((name) => ({
      name,
    })),
  )('$name has every model', ({ name }, { skip }) => {
    if (lacks[name]) skip(lacks[name])
    expect(new Set(of(name).map(({ model }) => model))).toEqual(new Set(modelNames))
  })

  test('each peer has cells', ({ skip }) => {
    if (lacks.ctranslate2 || lacks.wasm) skip(lacks.ctranslate2 || lacks.wasm || '')
    const engines = new Set(cells.map(({ backend }) => backend?.split(' ')[0].replace(',', '')))
    for (const engine of [
      'tfjs-cpu',
      'tfjs-wasm',
      'onednn',
      'ctranslate2',
      'transformers.js',
      'Bergamot',
      'marian',
      'slimt',
      'pytorch',
      'onnxruntime-node',
    ])
      expect(engines).toContain(engine)
    expect(printed).toMatch(/CTranslate2 \/translate/)
  })

  test('tables of these cells have a row for each model and way, a range for each engine, and the commit', ({
    skip,
  }) => {
    if (lacks.ctranslate2) skip(lacks.ctranslate2)
    const { status, stdout } = node(['bench/dist/scripts/tables.js', join(folder, 'cells.json')])
    expect(status).toBe(0)
    expect(stdout).toContain(`commit ${(cells[0] as Cell & { commit: string | null }).commit}`)
    for (const name of modelNames)
      for (const way of ['1 × 1', '1 × 4', '2 × 1', '2 × 4'])
        expect(stdout).toMatch(new RegExp(`^\\| \`${name}\` \\| ${way} \\| [\\d,]`, 'm'))
    expect(stdout).toMatch(/^\| ctranslate2 0 \| [\d.]+ to [\d.,]+× \|/m)
  })

  test('every cell says of which commit it is', () => {
    for (const cell of cells) expect(cell).toHaveProperty('commit')
  })
})
