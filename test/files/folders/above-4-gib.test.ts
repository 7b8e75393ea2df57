import { spawnSync } from 'node:child_process'
import { closeSync, ftruncateSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { parameters } from '#dist/engine/weights/parameters.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { writeGlassformerFolder } from '#dist/files/folders/glassformer.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { hasExtras } from '../../whole.ts'

const GIB = 2 ** 30
const VOCABULARY = 1_050_000
const stack = { layers: 1, heads: 2, dHead: 512, dFeedForward: 8 }

/** 4.03 GiB, of which 4.005 are one matrix, its embedding, that lies before everything else. */
const config: ModelConfig = {
  dModel: 1024,
  encoder: stack,
  decoder: stack,
  activation: 'relu',
  norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5 },
  positions: { kind: 'none' },
  embeddingScale: 1,
  sourceVocabulary: VOCABULARY,
  targetVocabulary: VOCABULARY,
  sharedEmbedding: true,
  tiedOutput: true,
  outputBias: false,
  linearBias: false,
  outputScale: 1,
  ids: { end: 0, start: 1, padding: null, unknown: null },
  maxLength: 8,
}

/** The logit of the last id, which depends on the last norm alone; the logits of all others are 0. */
const LOGIT = 20

/** A folder whose weights are 0, holes of a sparse file, but for the last row of the embedding and the last norm's bias, which is 1. */
function writeFolder(folder: string): void {
  // config.json is that of a small model but for the vocabulary.
  const small = { ...config, sourceVocabulary: 2, targetVocabulary: 2 }
  writeGlassformerFolder(folder, { weights: new Weights(small), dtype: 'float32' })
  const path = join(folder, 'config.json')
  const json = readFileSync(path, 'utf8')
  writeFileSync(path, json.replace(/("(?:source|target)Vocabulary": )2\b/g, `$1${VOCABULARY}`))

  const tensors: Record<string, { dtype: string; shape: number[]; data_offsets: number[] }> = {}
  let end = 0
  for (const { name, rows, width } of parameters(config)) {
    const begin = end
    end += 4 * rows * width
    tensors[name] = { dtype: 'F32', shape: rows === 1 ? [width] : [rows, width], data_offsets: [begin, end] }
  }
  const header = Buffer.from(JSON.stringify(tensors))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  const file = openSync(join(folder, 'model.safetensors'), 'w')
  const write = (values: Float32Array, endsAt: number) =>
    writeSync(file, values, 0, values.byteLength, 8 + header.length + endsAt - values.byteLength)
  writeSync(file, Buffer.concat([length, header]))
  ftruncateSync(file, 8 + header.length + end)
  write(new Float32Array(config.dModel).fill(LOGIT / config.dModel), tensors['embedding.weight'].data_offsets[1])
  write(new Float32Array(config.dModel).fill(1), tensors['decoder.0.feedForwardNorm.bias'].data_offsets[1])
  closeSync(file)
}

/** Runs a program in a separate process, whose memory is freed with it; returns its output as JSON. */
function run(program: string, folder: string): unknown {
  const args = ['--input-type=module', '-e', program, folder]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: import.meta.dirname })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

const short = freemem() < 9 * GIB

describe.skipIf(short || !hasExtras)(
  'a float32 model above 4 GiB (skipped where there are no 9 GiB of free memory, or GLASSFORMER_TEST_EXTRAS is not set)',
  () => {
    const folder = scratchFolder()

    it('is read in rows and in panels, and two workers play what they share of it', (context) => {
      writeFolder(folder)
      const { size, blocks } = statSync(join(folder, 'model.safetensors'))
      expect(size).toBeGreaterThan(4.005 * GIB)
      context.skip(512 * blocks > GIB, 'files have no holes here')

      const rows = run(
        `import { loadFolder } from '#dist/files/folders/load.js'
       const { weights } = loadFolder(process.argv[1], { precision: 'float32' })
       const last = (name) => weights.get(name).at(-1)
       console.log(JSON.stringify(['embedding.weight', 'decoder.0.feedForwardNorm.bias'].map(last)))`,
        folder,
      )
      expect(rows).toEqual([LOGIT / config.dModel, 1])

      const translations = run(
        `import { Translator } from '#dist/index.js'
       const translator = await Translator.load(process.argv[1], { precision: 'float32', workers: 2, threads: 1 })
       const translate = (source) => translator.translate(source, { beams: 1, maxTokens: 3 })
       console.log(JSON.stringify(await Promise.all([translate([5]), translate([6, 7])])))
       await translator.close()`,
        folder,
      ) as { ids: number[]; score: number }[]
      const expected = Math.log(Math.exp(LOGIT) / (Math.exp(LOGIT) + VOCABULARY - 1))
      for (const { ids, score } of translations) {
        expect(ids).toEqual(Array(3).fill(VOCABULARY - 1))
        expect(score).toBeCloseTo(expected, 4)
      }
    }, 600_000)
  },
)
