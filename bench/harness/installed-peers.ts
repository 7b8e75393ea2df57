import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeHuggingFaceFolder } from '#dist/files/folders/huggingface-writer.js'
import type { ModelName } from './model-names.ts'
import type { ModelMaker } from './models.ts'

/** The folder that install.sh filled. */
export class InstalledPeers {
  readonly folder: string
  readonly python: string
  readonly #models: Readonly<Record<ModelName, ModelMaker>>
  readonly #converted = new Map<string, string>()

  /** @throws Error with the missing tool and the remedy */
  constructor(folder: string | undefined, models: Readonly<Record<ModelName, ModelMaker>>) {
    this.#models = models
    if (!folder)
      throw new Error('--peers or GLASSFORMER_PEERS names no folder; bench/peers/install.sh FOLDER makes one')
    this.folder = resolve(folder)
    this.python = this.needed('venv/bin/python')
  }

  /** The folder of transformers.js. */
  get node(): string {
    this.needed('node/node_modules')
    return join(this.folder, 'node')
  }

  /** A path in the folder. @throws Error with the remedy where it is not there */
  needed(path: string): string {
    const needed = join(this.folder, path)
    if (existsSync(needed)) return needed
    throw new Error(`${needed} is not there; bench/peers/install.sh ${this.folder} makes it`)
  }

  /**
   * A folder with this model and the same float32 weights in the peer's format; made once, under the digest of the
   * weights and of the converter.
   */
  converted(name: ModelName, peer: 'ctranslate2' | 'onnx' | 'marian' | 'pytorch'): string {
    const key = `${name}-${peer}`
    const folder = this.#converted.get(key) ?? this.#convert(name, peer)
    this.#converted.set(key, folder)
    return folder
  }

  #convert(name: ModelName, peer: string): string {
    const { weights, generation } = this.#models[name]()
    const script = fileURLToPath(new URL('../../peers/convert.py', import.meta.url))
    const converted = join(this.folder, 'models', `${name}-${digestOf(weights.values, script)}-${peer}`)
    if (existsSync(converted)) return converted
    const making = `${converted}.making`
    rmSync(making, { recursive: true, force: true })
    mkdirSync(making, { recursive: true })
    const stored = join(making, 'huggingface')
    // The bench passes ids, so there is no tokenizer.
    writeHuggingFaceFolder(stored, { weights, dtype: 'float32', tokenizer: { kind: 'none' }, generation })
    process.stderr.write(`${name} is being converted for the peers, once …\n`)
    try {
      execFileSync(this.python, [script, peer, stored, making], { stdio: ['ignore', 'ignore', 'pipe'] })
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: Buffer }
      throw new Error(
        `${name} could not be converted for the peers: ${stderr?.toString().trim().split('\n').at(-1) ?? message}`,
      )
    }
    rmSync(stored, { recursive: true })
    renameSync(making, converted)
    return converted
  }
}

/** In parts: a hash takes no more than 2 GiB at once. */
function digestOf(values: Float32Array, script: string): string {
  const hash = createHash('sha256').update(readFileSync(script))
  const part = 1 << 24
  for (let at = 0; at < values.length; at += part) hash.update(values.subarray(at, at + part))
  return hash.digest('hex').slice(0, 12)
}
