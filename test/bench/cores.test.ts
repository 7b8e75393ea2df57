import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { amdahl, coreCounts, numaNodes, serialShare } from '../../bench/harness/cores.ts'

test('NUMA nodes are named in the order of their numbers, and other entries are not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-nodes-'))
  try {
    for (const [name, cpus] of Object.entries({ node10: '4-5', node2: '0-3,8' })) {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'cpulist'), `${cpus}\n`)
    }
    mkdirSync(join(folder, 'power'))
    expect(numaNodes(folder)).toEqual([
      { name: 'node2', cpus: '0-3,8' },
      { name: 'node10', cpus: '4-5' },
    ])
    expect(numaNodes(join(folder, 'missing'))).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('numbers of cores double up to all of them', () => {
  expect(coreCounts(1)).toEqual([1])
  expect(coreCounts(2)).toEqual([1, 2])
  expect(coreCounts(6)).toEqual([1, 2, 4, 6])
  expect(coreCounts(8)).toEqual([1, 2, 4, 8])
})

test('the share that does not divide is found again from the speeds that Amdahl’s law gives it', () => {
  for (const serial of [0, 0.07, 0.5, 1]) {
    const speeds = new Map([1, 2, 4, 6].map((cores) => [cores, 300 * amdahl(serial, cores)]))
    expect(serialShare(speeds)).toBeCloseTo(serial, 10)
  }
  expect(serialShare(new Map([[1, 100]]))).toBeNaN()
})

test('speeds above the number of cores have no such share, and slower ones have no more than all', () => {
  expect(
    serialShare(
      new Map([
        [1, 100],
        [2, 210],
      ]),
    ),
  ).toBe(0)
  expect(
    serialShare(
      new Map([
        [1, 100],
        [2, 90],
      ]),
    ),
  ).toBe(1)
})
