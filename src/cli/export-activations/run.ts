import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { inOptions } from '../../base/schema/place.ts'
import { read } from '../../base/schema/settings.ts'
import { joinedFloats } from '../../base/values/joined-arrays.ts'
import { counted } from '../../base/values/number-text.ts'
import type { TokenPair } from '../../engine/decode/step/index.ts'
import { isDecoderOnly } from '../../engine/model/config/config.ts'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { readLines } from '../../formats/disk/lines.ts'
import { fileError } from '../../formats/disk/read-file.ts'
import { replaceFile } from '../../formats/disk/replace-file.ts'
import { openSafetensors } from '../../formats/tensors/safetensors.ts'
import { type TensorToWrite, writeSafetensors } from '../../formats/tensors/safetensors-writer.ts'
import { ActivationBatches } from '../../look/inspect/activation-batches.ts'
import { ModelInspector } from '../../look/inspect/model-inspector.ts'
import { givenBy } from '../flags/schema-flags.ts'
import { openProgress } from '../terminal/progress.ts'
import { type ExportActivationsOptions, exportSettings } from './options.ts'

/** Tokens of one batch. */
const TOKENS = 2048
const MANIFEST = 'activations.json'
const dtypes = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' } as const

/** A line with its target, in ids. */
interface Line {
  text: string
  target: string | null
}

/** `glassformer export-activations`: shard by shard, each written whole or not at all. */
export async function exportActivations(path: string, options: ExportActivationsOptions): Promise<void> {
  const { model, backend, precision, tokenizer, tensors, output, targets, progress: asked } = options
  const { shardLines, dtype } = read(exportSettings, givenBy(exportSettings, options), inOptions)
  const inspector = ModelInspector.load(model, { backend, precision, tokenizer })
  try {
    if (isDecoderOnly(inspector.weights.config))
      throw new GlassformerError('ERR_UNSUPPORTED', 'export-activations needs a model with an encoder')
    const batches = new ActivationBatches(inspector.player, inspector.weights, tensors)
    const ofTarget = batches.tensors.find(({ isOfSource }) => !isOfSource)
    if (ofTarget && targets === undefined)
      throw new GlassformerError(
        'ERR_OPTION',
        `${ofTarget.name} has rows of the target: give --targets, what the decoder reads`,
      )
    const lines = await linesOf(path, targets)
    openFolder(output, {
      model: modelFolder(model),
      tensors: batches.tensors.map(({ name }) => name),
      shardLines,
      dtype,
      targets: targets !== undefined,
    })
    const progress = await openProgress(asked, lines.length, 'line')
    let [kept, rows] = [0, 0]
    try {
      for (let first = 0, shard = 0; first < lines.length; first += shardLines, shard++) {
        const own = lines.slice(first, first + shardLines)
        const file = join(output, `activations-${String(shard).padStart(5, '0')}.safetensors`)
        if (isWritten(file, own)) kept++
        else
          rows += await writeShard(file, own, {
            first,
            dtype,
            batches,
            inspector,
            reached: (n) => progress.reached(n, n),
          })
        progress.reached(first + own.length, first + own.length)
      }
    } finally {
      progress.end()
    }
    const shards = Math.ceil(lines.length / shardLines)
    const before = kept ? `, of which ${kept} had been written before` : ''
    console.log(
      `${output}: ${counted(lines.length, 'line')} in ${counted(shards, 'file')}${before}; ${counted(rows, 'row')} computed`,
    )
  } finally {
    inspector.close()
  }
}

async function linesOf(path: string, targets: string | undefined): Promise<Line[]> {
  const lines: Line[] = []
  for await (const some of readLines(path)) for (const text of some) lines.push({ text, target: null })
  if (targets === undefined) return lines
  let at = 0
  for await (const some of readLines(targets))
    for (const target of some) if (at++ < lines.length) lines[at - 1].target = target
  if (at !== lines.length)
    throw new GlassformerError('ERR_INPUT', `${path} has ${counted(lines.length, 'line')}, and ${targets} has ${at}`)
  return lines
}

/** Makes the folder, or checks that what lies in it was written with the same settings. */
function openFolder(folder: string, settings: object): void {
  const path = join(folder, MANIFEST)
  const manifest = `${JSON.stringify({ format: 'glassformer-activations', version: 1, ...settings }, null, 2)}\n`
  try {
    mkdirSync(folder, { recursive: true })
    if (existsSync(path)) {
      if (readFileSync(path, 'utf8') === manifest) return
      throw new GlassformerError(
        'ERR_OPTION',
        `${folder} has activations of other settings (${MANIFEST} says which): give another --output, or the same settings to go on`,
      )
    }
  } catch (cause) {
    throw fileError('write', folder, cause)
  }
  replaceFile(path, [Buffer.from(manifest)])
}

const digestOf = (lines: readonly Line[]): string =>
  createHash('sha256')
    .update(JSON.stringify(lines.map(({ text, target }) => [text, target])))
    .digest('hex')

/** Whether a shard of these lines lies there. @throws GlassformerError ERR_OPTION where it is of other lines */
function isWritten(file: string, lines: readonly Line[]): boolean {
  if (!existsSync(file)) return false
  const shard = openSafetensors(file)
  const { sha256 } = shard.metadata
  shard.close()
  if (sha256 === digestOf(lines)) return true
  throw new GlassformerError('ERR_OPTION', `${file} was written for other lines: give another --output`)
}

interface ShardWork {
  first: number
  dtype: keyof typeof dtypes
  batches: ActivationBatches
  inspector: ModelInspector
  reached(lines: number): void
}

/** Computes and writes one shard; returns how many rows of tokens it has. */
async function writeShard(
  file: string,
  lines: readonly Line[],
  { first, dtype, batches, inspector, reached }: ShardWork,
): Promise<number> {
  const pairs = lines.map(({ text, target }, i) => pairOf(inspector, text, target, first + i + 1))
  const parts: Float32Array[][] = batches.tensors.map(() => [])
  for (let begin = 0; begin < pairs.length; ) {
    let end = begin
    for (let tokens = 0; end < pairs.length && (end === begin || tokens < TOKENS); end++)
      tokens += pairs[end].source.length + pairs[end].target.length
    for (const [t, values] of batches.of(pairs.slice(begin, end)).entries()) parts[t].push(values)
    begin = end
    reached(first + begin)
    await new Promise(setImmediate) // signals are heard in between
  }
  const sides = ['source', ...(batches.tensors.some(({ isOfSource }) => !isOfSource) ? ['target'] : [])] as const
  const tensors: TensorToWrite[] = batches.tensors.map(({ name, width }, t) => {
    const values = joinedFloats(parts[t])
    return { name, shape: [values.length / width, width], dtype: dtypes[dtype], values }
  })
  for (const side of sides as readonly ('source' | 'target')[]) {
    const ids = Int32Array.from(pairs.flatMap((pair) => [...pair[side]]))
    const offsets = new Int32Array(pairs.length + 1)
    for (const [i, pair] of pairs.entries()) offsets[i + 1] = offsets[i] + pair[side].length
    tensors.push({ name: `${side}.ids`, shape: [ids.length], dtype: 'I32', values: ids })
    tensors.push({ name: `${side}.offsets`, shape: [offsets.length], dtype: 'I32', values: offsets })
  }
  writeSafetensors(file, tensors, {
    format: 'glassformer-activations',
    firstLine: String(first + 1),
    sha256: digestOf(lines),
  })
  return pairs.reduce((sum, { source }) => sum + source.length, 0)
}

/** @throws GlassformerError with the number of the line */
function pairOf(inspector: ModelInspector, text: string, target: string | null, line: number): TokenPair {
  try {
    return inspector.pair(text, target)
  } catch (error) {
    if (!(error instanceof GlassformerError)) throw error
    throw new GlassformerError(error.code, `line ${line}: ${error.message}`, { cause: error })
  }
}
