/**
 * TensorFlow.js: its pure-JavaScript and its WebAssembly backend. `npm run bench:peers` installs them; the peers'
 * folder may have them as well.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Contender, Peer, Prepared } from '../harness/contender.ts'
import { timed } from '../harness/interleave.ts'

/** The part of tfjs-core's API that we call; its types are not installed at compile time. */
interface Core {
  setBackend(name: string): Promise<boolean>
  enableProdMode(): void
  tensor2d(values: Float32Array, shape: [number, number]): Tensor
  matMul(a: Tensor, b: Tensor): Tensor
  softmax(x: Tensor): Tensor
  engine(): { startScope(): void; endScope(): void }
}

interface Tensor {
  dispose(): void
  dataSync(): Float32Array
}

const ownFolder = fileURLToPath(new URL('../../peers', import.meta.url))

/** The installed backends; `reason` says why there are none. */
export async function openTfjs(others?: string): Promise<{ peers: Peer[]; reason: string | null }> {
  const folder = [ownFolder, ...(others ? [resolve(others, 'node')] : [])].find((each) =>
    existsSync(join(each, 'node_modules/@tensorflow/tfjs-core')),
  )
  if (!folder) return { peers: [], reason: "it is not installed: 'npm run bench:peers' does that" }
  try {
    return { peers: [await open(folder, 'cpu'), await open(folder, 'wasm')], reason: null }
  } catch (error) {
    return { peers: [], reason: error instanceof Error ? error.message : String(error) }
  }
}

async function open(folder: string, kind: 'cpu' | 'wasm'): Promise<Peer> {
  const require = createRequire(join(folder, 'package.json'))
  const tf: Core = require('@tensorflow/tfjs-core')
  const backend = require(`@tensorflow/tfjs-backend-${kind}`)
  if (kind === 'wasm') {
    const path = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))
    backend.setWasmPaths(`${path}/`)
  }
  tf.enableProdMode()
  if (!(await tf.setBackend(kind))) throw new Error(`tfjs-${kind} does not start`)
  return peer(tf, kind, backend.version_cpu ?? backend.version_wasm)
}

/** One engine serves all backends of a process: a side activates its own before it runs. */
let active = ''

function peer(tf: Core, kind: string, version: string): Peer {
  const contender: Contender = {
    name: `tfjs-${kind}`,
    backend: `tfjs-${kind} ${version}`,
    precision: 'float32',
    isa: kind === 'wasm' ? 'wasm simd' : 'javascript',
    blas: 'none',
    threads: 1,
  }
  const activate = () => {
    // A backend that has started once is active when the call returns; the promise adds nothing.
    if (active !== kind) void tf.setBackend(kind)
    active = kind
  }
  const prepared = (tensors: readonly Tensor[], compute: () => void): Prepared => ({
    run: timed(() => {
      activate()
      tf.engine().startScope() // tensors created in it are freed at its end
      compute()
      tf.engine().endScope()
    }),
    dispose() {
      activate()
      for (const tensor of tensors) tensor.dispose()
    },
  })
  return {
    ...contender,
    matmul(x, weights, { rows, inputs, outputs }) {
      activate()
      // Weights as [inputs, outputs]: the layout in which this library is fast.
      const tensors = [
        tf.tensor2d(x, [rows, inputs]),
        tf.tensor2d(transposed(weights, outputs, inputs), [inputs, outputs]),
      ]
      return prepared(tensors, () => tf.matMul(tensors[0], tensors[1]))
    },
    softmax(x, { rows, width }) {
      activate()
      const tensor = tf.tensor2d(x, [rows, width])
      return prepared([tensor], () => tf.softmax(tensor))
    },
  }
}

/** [rows, width] → [width, rows]. */
function transposed(values: Float32Array, rows: number, width: number): Float32Array {
  const turned = new Float32Array(rows * width)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < width; column++) turned[column * rows + row] = values[row * width + column]
  return turned
}
