import { availableParallelism, cpus } from 'node:os'
import { expect, test } from 'vitest'
import { boundCores, threadsEach } from '#dist/learn/train/ranks/agreement.js'
import { launchOf } from '#dist/learn/train/ranks/open-ranks.js'
import { alone } from '#dist/learn/train/ranks/ranks.js'

test("Open MPI and MPICH set a process's rank in the environment", () => {
  expect(launchOf({ OMPI_COMM_WORLD_RANK: '2', OMPI_COMM_WORLD_SIZE: '4' })).toEqual({ rank: 2, size: 4 })
  expect(launchOf({ PMI_RANK: '0', PMI_SIZE: '1' })).toEqual({ rank: 0, size: 1 })
  for (const environment of [
    {},
    { PMI_RANK: '1' },
    { PMI_SIZE: '2' },
    { PMI_RANK: '', PMI_SIZE: '' },
    { PMI_RANK: 'a', PMI_SIZE: '2' },
  ])
    expect(launchOf(environment)).toBe(null)
})

test('ranks that may use the same cores divide them, and each has at least one thread', async () => {
  const cores = availableParallelism()
  const sharedBy = (ranks: number) => threadsEach({ ...alone, all: async (value) => Array(ranks).fill(value) })
  expect(await threadsEach(alone)).toBe(cores)
  expect(await sharedBy(2)).toBe(Math.max(1, Math.floor(cores / 2)))
  expect(await sharedBy(1000)).toBe(1)
  expect(await threadsEach({ ...alone, all: async (own) => [own, 'another 0-3' as typeof own] })).toBe(cores)
})

test('cores are left over if mpirun has bound ranks to fewer', () => {
  const bound = (ranks: string) => boundCores({ OMPI_MCA_orte_bound_at_launch: '1', OMPI_COMM_WORLD_LOCAL_SIZE: ranks })
  expect(bound(String(cpus().length))).toBe(null)
  expect(boundCores({ OMPI_COMM_WORLD_LOCAL_SIZE: '0' })).toBe(null)
  expect(bound('0')).toEqual({ together: 0, all: cpus().length })
})
