import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Child } from '../child.ts'
import { compiled } from '../compiled.ts'
import type { Precision } from '../models.ts'

const source = fileURLToPath(new URL('../../kernels/onednn-matmul.cc', import.meta.url))

/** x [rows, inputs] times the transpose of a weight [outputs, inputs], so many times in a run. */
export interface Product {
  rows: number
  inputs: number
  outputs: number
  times: number
}

/**
 * Where install.sh puts oneDNN's builds: the newest one is made on SYCL, which takes some microseconds for every call, the other
 * one on OpenMP.
 */
const builds = ['onednn', 'onednn-openmp']

/** Seconds for which a build runs before it is known which is the faster one. */
const TRIAL = 0.05

/** oneDNN's matmul on one thread: of the builds that are installed, the one that is faster for the products. */
export class OneDnn {
  readonly versions: readonly string[]
  readonly #children: readonly Child[]
  #chosen: Child

  private constructor(children: readonly Child[]) {
    this.#children = children
    this.#chosen = children[0]
    this.versions = children.map(({ greeting }) => greeting)
  }

  /** @throws Error that says what is not there, and what to do. */
  static async open(folder: string | undefined): Promise<OneDnn> {
    const install = `bench/peers/install.sh ${folder ?? 'FOLDER'} installs it`
    if (!folder) throw new Error(`--peers or GLASSFORMER_PEERS names no folder with oneDNN; ${install}`)
    const found = builds.map((build) => resolve(folder, build)).filter((build) => existsSync(join(build, 'include')))
    if (!found.length) throw new Error(`${join(folder, builds[0])} is not there; ${install}`)
    return new OneDnn(await Promise.all(found.map(openBuild)))
  }

  async prepare(precision: Precision, products: readonly Product[]): Promise<void> {
    const words = products.flatMap(({ rows, inputs, outputs, times }) => [rows, inputs, outputs, times])
    let fewest = Infinity
    for (const child of this.#children) {
      await child.ask('prepare', precision, ...words)
      const first = Number(await child.ask('run', 1))
      const runs = Math.max(1, Math.round(TRIAL / first))
      const seconds = Number(await child.ask('run', runs)) / runs
      if (seconds < fewest) this.#chosen = child
      fewest = Math.min(fewest, seconds)
    }
  }

  /** Seconds of so many runs. */
  async run(runs: number): Promise<number> {
    return Number(await this.#chosen.ask('run', runs))
  }

  close(): void {
    for (const child of this.#children) child.close()
  }
}

/** Its matmul in a process of its own, which the library's own threads never share. */
async function openBuild(folder: string): Promise<Child> {
  const lib = join(folder, 'lib')
  const options = [
    '-I',
    join(folder, 'include'),
    join(lib, 'libdnnl.so'),
    '-Wl,--allow-shlib-undefined',
    `-Wl,-rpath,${lib}`,
  ]
  const program = compiled(source, options, `matmul-${basename(folder)}`)
  const device = join(lib, 'libintelocl.so')
  return Child.open(program, [], {
    LD_LIBRARY_PATH: lib,
    OMP_NUM_THREADS: '1',
    ...(existsSync(device) && { OCL_ICD_FILENAMES: device }),
  })
}
