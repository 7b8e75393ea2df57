import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeHuggingFaceFolder } from '#dist/folders/huggingface-writer.js'
import { modelMakers } from './models.ts'
import type { ModelName } from './question.ts'

/** The folder that install.sh filled. */
export class InstalledPeers {
  readonly folder: string
  readonly python: string
  readonly node: string
  readonly #converted = new Map<ModelName, string>()

  /** @throws Error that says what is missing, and what to do. */
  constructor(folder: string | undefined) {
    if (!folder)
      throw new Error('--peers or GLASSFORMER_PEERS names no folder; bench/peers/install.sh FOLDER makes one')
    this.folder = resolve(folder)
    this.python = join(this.folder, 'venv/bin/python')
    this.node = join(this.folder, 'node')
    for (const needed of [this.python, join(this.node, 'node_modules')])
      if (!existsSync(needed)) throw new Error(`${needed} is not there; bench/peers/install.sh ${folder} makes it`)
  }

  /** A folder with this model, of the same float32 weights, in every peer's own format; made once, under the weights' digest. */
  converted(name: ModelName): string {
    const folder = this.#converted.get(name) ?? this.#convert(name)
    this.#converted.set(name, folder)
    return folder
  }

  #convert(name: ModelName): string {
    const { weights, generation } = modelMakers[name]()
    const digest = createHash('sha256').update(weights.values).digest('hex').slice(0, 12)
    const converted = join(this.folder, 'models', `${name}-${digest}`)
    if (existsSync(converted)) return converted
    const making = `${converted}.making`
    rmSync(making, { recursive: true, force: true })
    mkdirSync(making, { recursive: true })
    const marian = join(making, 'marian')
    const nothing = { source: new Uint8Array(), target: new Uint8Array(), vocabulary: '{}', configuration: {} }
    // The bench hands ids over, so there is no tokenizer.
    writeHuggingFaceFolder(marian, { weights, dtype: 'float32', tokenizer: { kind: 'marian', ...nothing }, generation })
    const script = fileURLToPath(new URL('../../peers/convert.py', import.meta.url))
    process.stderr.write(`${name} is being converted for the peers, once …\n`)
    try {
      execFileSync(this.python, [script, marian, making], { stdio: ['ignore', 'ignore', 'pipe'] })
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: Buffer }
      throw new Error(
        `${name} could not be converted for the peers: ${stderr?.toString().trim().split('\n').at(-1) ?? message}`,
      )
    }
    renameSync(making, converted)
    return converted
  }
}
