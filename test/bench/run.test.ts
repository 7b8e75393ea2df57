import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cell } from '../../bench/harness/row.ts'
import { nativeReasons } from '../backends.ts'
import { compileBench } from './compile-bench.ts'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'glassformer-bench-'))

const node = (...args: string[]) => spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', timeout: 100_000 })
const bench = (...args: string[]) => node('bench/dist/run.js', ...args)

beforeAll(compileBench, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('--models chooses who is measured', () => {
  const file = join(folder, 'models.json')
  const { status, stderr } = bench('--only', 'encode', '--models', 'fr-en', '--seconds', '0.05', '--json', file)
  expect(status, stderr).toBe(0)
  const cells: Cell[] = JSON.parse(readFileSync(file, 'utf8'))
  expect(new Set(cells.map(({ model }) => model))).toEqual(new Set(['fr-en']))
  expect(bench('--models', 'small')).toMatchObject({ status: 1, stderr: expect.stringContaining('fr-en, base, big') })
})

test('--json refuses a file that cannot be written before it measures anything', () => {
  const { status, stdout, stderr } = bench('--only', 'softmax', '--json', join(folder, 'missing', 'cells.json'))
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/^error: option '--json <file>' .* It cannot be written: ENOENT.*\n$/)
})

describe('bench --only softmax --seconds 0.05 --json FILE', () => {
  const file = join(folder, 'cells.json')
  let printed: string
  let cells: Cell[]

  beforeAll(() => {
    const { status, stdout, stderr } = bench('--only', 'softmax', '--seconds', '0.05', '--json', file)
    expect(status, stderr).toBe(0)
    printed = stdout
    cells = JSON.parse(readFileSync(file, 'utf8'))
  }, 120_000)

  test('prints the machine, who is measured, and one table', () => {
    expect(printed).toMatch(/^Glassformer bench · .* UTC · commit /)
    expect(printed).toMatch(/\d+ cores?, \d+ GiB · .* · Node \d+\./)
    expect(printed).toMatch(/^ {2}js +js, float32, javascript, BLAS none, 1 thread$/m)
    expect(printed).toMatch(/^softmax · .* · GFLOP\/s$/m)
    expect(printed).not.toContain('gemm ·')
    expect(printed).not.toMatch(/NaN|undefined|Infinity/)
  })

  test('writes one object for each cell with what tells runs apart', () => {
    expect(cells.length).toBeGreaterThan(0)
    for (const cell of cells) {
      expect(cell).toMatchObject({ bench: 'softmax', model: null, precision: 'float32', beam: null })
      expect(Object.keys(cell)).toEqual(
        expect.arrayContaining(['isa', 'blas', 'ratio', 'peer', 'commit', 'cpu', 'node']),
      )
      expect(cell.threads).toBeGreaterThanOrEqual(1)
      expect(cell.batch).toBeGreaterThanOrEqual(1)
      expect(cell.gflops).toBeGreaterThan(0)
      expect(cell.seconds).toBeGreaterThan(0)
      expect(cell.rounds).toBeGreaterThanOrEqual(1)
    }
  })

  test.skipIf(nativeReasons.length > 0)('sets native beside JavaScript on every row', () => {
    const one = cells.filter(({ backend, threads }) => backend === 'native' && threads === 1)
    expect(one.map((cell) => cell.case)).toEqual(
      cells.filter(({ backend }) => backend === 'js').map((cell) => cell.case),
    )
    for (const { ratio, peer } of one) {
      expect(peer).toBe('js')
      expect(ratio).toBeGreaterThan(0)
    }
  })
})

test('earlier measurements are in the file if a later table fails', () => {
  const data = join(folder, 'damaged', 'data')
  mkdirSync(data, { recursive: true })
  for (const name of ['train', 'test']) writeFileSync(join(data, `tatoeba-fr-en.${name}.tsv.gz`), 'not packed')
  const file = join(folder, 'kept.json')
  const places = ['--shared', join(folder, 'damaged'), '--json', file]
  const { status } = bench('--only', 'layer-norm', 'shortlist', '--seconds', '0.02', ...places)
  expect(status).not.toBe(0)
  const cells: Cell[] = JSON.parse(readFileSync(file, 'utf8'))
  expect(new Set(cells.map((cell) => cell.bench))).toEqual(new Set(['layer-norm']))
}, 60_000)

test('--rows leaves out all rows but those that contain one of these texts', () => {
  const { status, stdout } = bench('--only', 'layer-norm', '--seconds', '0.02', '--rows', '640 ×', 'no such row')
  expect(status).toBe(0)
  expect(stdout.match(/^\d+ × \d+ /gm)).toEqual(['640 × 512 '])
})

test('bench refuses a name that it does not have, and names those that it has', () => {
  const { status, stderr } = bench('--only', 'sofmax')
  expect(status).toBe(1)
  expect(stderr).toContain("argument 'sofmax' is invalid")
  expect(stderr).toContain('gemm, kernels, softmax, experts, layer-norm, attention, encode, step, translate')
})

test('without the addon, bench says why and measures JavaScript', () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['bench/dist/run.js', '--only', 'layer-norm', '--seconds', '0.02'],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, GLASSFORMER_ADDON: join(folder, 'nothing.node') },
    },
  )
  expect(status).toBe(0)
  expect(stdout).toMatch(/native is not measured: .*nothing\.node does not exist.*npm run build:native/)
  expect(stdout).toMatch(/^640 × 512 /m)
})

test('missing tools of peers are named, with the command that installs them', () => {
  const absent = ['--peers', folder, '--shared', folder]
  const { status, stdout } = bench('--only', 'kernels', 'shortlist', 'ctranslate2', 'transformers-js', ...absent)
  expect(status).toBe(0)
  expect(stdout).toMatch(/^kernels is not measured: .*onednn is not there; bench\/peers\/install.sh .* installs it$/m)
  expect(stdout).toMatch(
    /^shortlist is not measured: .*train\.tsv\.gz is not there; --shared names the folder that has it$/m,
  )
  for (const name of ['ctranslate2', 'transformers-js'])
    expect(stdout).toMatch(
      new RegExp(`^${name} is not measured: .*python is not there; bench/peers/install.sh .* makes it$`, 'm'),
    )
})
