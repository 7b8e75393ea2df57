import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Child } from './child.ts'
import { compiled } from './compiled.ts'
import { type Precision, precisions } from './models.ts'

const source = fileURLToPath(new URL('../../harness/onednn-matmul.cc', import.meta.url))

/** x [rows, inputs] times the transpose of a weight [outputs, inputs]. */
export interface Product {
  rows: number
  inputs: number
  outputs: number
  /** Products of the same number have the same weight. */
  weight: number
}

/**
 * The folders in which install.sh puts oneDNN's builds. The newest build uses SYCL, which takes some microseconds per
 * call; the other build uses OpenMP.
 */
const builds = ['onednn', 'onednn-openmp']

/** The seconds for which each build runs to find the faster one. */
const TRIAL = 0.05

interface Build {
  version: string
  /** The precisions in which the build has products on this processor. */
  precisions: readonly string[]
  /** A process for each thread, each pinned to its own core. */
  children: readonly Child[]
}

/** oneDNN's matmul, in the installed build that is faster for the products. */
export class OneDnn {
  readonly versions: readonly string[]
  /** A line for each precision without products on this processor in any build. */
  readonly lacks: readonly string[]
  readonly #builds: readonly Build[]
  #chosen: readonly Child[]

  private constructor(builds: readonly Build[]) {
    this.#builds = builds
    this.#chosen = builds[0].children
    this.versions = builds.map(({ version }) => version)
    this.lacks = precisions
      .filter((precision) => !this.has(precision))
      .map((precision) => `oneDNN ${precision} is not measured: it has no such products on this processor`)
  }

  /** Opens oneDNN for at most `threads` threads. @throws Error with the missing tool and the remedy */
  static async open(folder: string | undefined, threads: number): Promise<OneDnn> {
    const install = `bench/peers/install.sh ${folder ?? 'FOLDER'} installs it`
    if (!folder) throw new Error(`--peers or GLASSFORMER_PEERS names no folder with oneDNN; ${install}`)
    const found = builds.map((build) => resolve(folder, build)).filter((build) => existsSync(join(build, 'include')))
    if (!found.length) throw new Error(`${join(folder, builds[0])} is not there; ${install}`)
    return new OneDnn(await Promise.all(found.map((build) => openBuild(build, threads))))
  }

  /** Whether a build has products in this precision. */
  has(precision: Precision): boolean {
    return this.#with(precision).length > 0
  }

  /**
   * A run is these products, in their order. Each thread computes its part of each product without waiting for other
   * threads, so that the speed is an upper limit for threads that share products.
   */
  async prepare(precision: Precision, products: readonly Product[], threads: number): Promise<void> {
    let fewest = Infinity
    for (const build of this.#with(precision)) {
      const children = build.children.slice(0, threads)
      await Promise.all(
        children.map((child, thread) => {
          const parts = products.map((product) => partOf(product, thread, threads))
          const words = parts.flatMap(({ rows, inputs, outputs, weight }) => [rows, inputs, outputs, weight])
          return child.ask('prepare', precision, ...words)
        }),
      )
      const runs = Math.max(1, Math.round(TRIAL / (await longest(children, 1))))
      const seconds = (await longest(children, runs)) / runs
      if (seconds < fewest) this.#chosen = children
      fewest = Math.min(fewest, seconds)
    }
  }

  /** The seconds of `runs` runs. */
  run(runs: number): Promise<number> {
    return longest(this.#chosen, runs)
  }

  close(): void {
    for (const child of this.#builds.flatMap(({ children }) => children)) child.close()
  }

  #with(precision: Precision): readonly Build[] {
    return this.#builds.filter(({ precisions }) => precisions.includes(precision))
  }
}

/** A thread's part of a product: all rows and a part of the outputs, so that every weight is read once, by one of the threads. */
export function partOf(product: Product, thread: number, threads: number): Product {
  const begin = (part: number) => Math.floor((product.outputs * part) / threads)
  return { ...product, outputs: begin(thread + 1) - begin(thread) }
}

/** The seconds of `runs` runs, which begin at the same time in all processes, by the process that takes longest. */
async function longest(children: readonly Child[], runs: number): Promise<number> {
  return Math.max(...(await Promise.all(children.map((child) => child.ask('run', runs)))).map(Number))
}

/** Opens a build's matmul in separate processes, so that the library's own threads never share a core. */
async function openBuild(folder: string, threads: number): Promise<Build> {
  const lib = join(folder, 'lib')
  const options = [
    '-I',
    join(folder, 'include'),
    join(lib, 'libdnnl.so'),
    '-Wl,--allow-shlib-undefined',
    `-Wl,-rpath,${lib}`,
  ]
  const program = compiled(source, options, join(folder, 'matmul'))
  const device = join(lib, 'libintelocl.so')
  const env = {
    LD_LIBRARY_PATH: lib,
    OMP_NUM_THREADS: '1',
    ...(existsSync(device) && { OCL_ICD_FILENAMES: device }),
  }
  const children = await Promise.all(
    Array.from({ length: threads }, (_, core) => Child.open(program, [String(core)], env)),
  )
  const [version, ...precisions] = children[0].greeting.split(' ')
  return { version, precisions, children }
}
