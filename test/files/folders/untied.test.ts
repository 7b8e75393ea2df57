import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { convertFolder } from '#dist/files/folders/convert.js'
import { exportFolder } from '#dist/files/folders/export.js'
import { writeGlassformerFolder } from '#dist/files/folders/glassformer.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { type TensorToWrite, writeSafetensors } from '#dist/formats/tensors/safetensors-writer.js'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { lacks, runPython } from '../../learn/train/vocabulary/python.ts'

const FAMILIES = ['bart', 'blenderbot', 'm2m100', 'marian', 'mbart', 'pegasus']
const TABLES = ['model.shared.weight', 'model.encoder.embed_tokens.weight', 'model.decoder.embed_tokens.weight']
const scratch = scratchFolder()
/** Models whose three tables of embeddings differ, as transformers 5 has written them, with its logits. */
const golden = fileURLToPath(new URL('../../golden/untied/', import.meta.url))
const expected: { source: number[]; target: number[]; logits: Record<string, number[]> } = JSON.parse(
  readFileSync(join(golden, 'expected.json'), 'utf8'),
)

function tensorsOf(folder: string): Map<string, TensorToWrite> {
  const file = openSafetensors(join(folder, 'model.safetensors'))
  const tensors = new Map<string, TensorToWrite>()
  for (const [name, { shape }] of file.tensors) {
    const values = new Float32Array(shape.reduce((product, length) => product * length, 1))
    file.readFloats(name, values)
    tensors.set(name, { name, shape, dtype: 'F32', values })
  }
  file.close()
  return tensors
}

/** A copy of a golden folder with other tensors. */
function edited(name: string, family: string, edit: (tensors: Map<string, TensorToWrite>) => void): string {
  const folder = join(scratch, name)
  cpSync(join(golden, family), folder, { recursive: true })
  const tensors = tensorsOf(folder)
  edit(tensors)
  writeSafetensors(join(folder, 'model.safetensors'), [...tensors.values()])
  return folder
}

/** The same model with one table, stored once, as transformers 4 writes it. */
const withOneTable = (family: string) =>
  edited(`${family} with one table`, family, (tensors) => {
    for (const name of TABLES.slice(1)) tensors.delete(name)
  })

function logitsOf(folder: string): Float32Array {
  const { weights } = loadFolder(folder, { precision: 'float32' })
  const player = new JsPlayer()
  const [logits] = new ForcedDecoder(player, weights).trace([expected], ['output.out'])
  player.close()
  return logits
}

describe.each(FAMILIES)('%s with an output of its own', (family) => {
  it('has the logits of transformers 5 where its tables differ', () => {
    expect(loadFolder(join(golden, family)).config).toMatchObject({ sharedEmbedding: false, tiedOutput: false })
    expectClose(logitsOf(join(golden, family)), expected.logits[family], 1e-5)
  })

  it('keeps its tables and logits where it is exported', () => {
    const to = join(scratch, `${family} exported`)
    exportFolder(join(golden, family), to)
    expectClose(logitsOf(to), expected.logits[family], 1e-5)
  })

  it('has one table where they are equal, which is exported under each of its names', () => {
    const from = withOneTable(family)
    const own = join(scratch, `${family} own`)
    const { weights } = loadFolder(from, { precision: 'float32' })
    expect(weights.config).toMatchObject({ sharedEmbedding: true, tiedOutput: false })
    writeGlassformerFolder(own, { weights, dtype: 'float32' })
    for (const source of [from, own]) {
      const to = join(scratch, `${family} exported from ${source === own ? 'ours' : 'theirs'}`)
      exportFolder(source, to)
      const tensors = tensorsOf(to)
      const table = tensorsOf(from).get(TABLES[0])!.values
      for (const name of TABLES) expect(tensors.get(name)?.values, name).toEqual(table)
      const again = loadFolder(to, { precision: 'float32' })
      expect(again.config.sharedEmbedding).toBe(true)
      expect(again.weights.values).toEqual(weights.values)
    }
  })
})

describe('an untied folder', () => {
  it('is converted to every dtype with its tables', () => {
    for (const dtype of ['float16', 'bfloat16', 'int8', 'int4'] as const) {
      const to = join(scratch, `bart in ${dtype}`)
      convertFolder(join(golden, 'bart'), to, dtype)
      expect(loadFolder(to).config).toEqual(loadFolder(join(golden, 'bart')).config)
    }
  })

  it('that lacks a table of one side, and has two others that differ, is told which is missing', () => {
    const folder = edited('half', 'bart', (tensors) => tensors.delete(TABLES[2]))
    expect(() => loadFolder(folder)).toThrow(
      expect.objectContaining({
        code: 'ERR_MODEL_FORMAT',
        message: expect.stringContaining(`missing: ${TABLES[2]}`),
      }),
    )
  })

  it('that is said to be tied has tables that must be equal', () => {
    const folder = edited('tied', 'bart', (tensors) => tensors.delete('lm_head.weight'))
    const path = join(folder, 'config.json')
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), tie_word_embeddings: true }))
    expect(() => loadFolder(folder)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/config\.json ties \S+ to \S+, and the two differ/) }),
    )
  })
})

const reason = lacks('transformers')

describe.skipIf(reason !== null)(`Hugging Face's transformers${reason ? ` (skipped: ${reason})` : ''}`, () => {
  it('reads exports of untied models of every family, all of it and nothing else, and computes the same logits', () => {
    const exported = FAMILIES.flatMap((family) => {
      const from = withOneTable(family)
      const own = join(scratch, `${family}, ours`)
      const { weights } = loadFolder(from, { precision: 'float32' })
      writeGlassformerFolder(own, { weights, dtype: 'float32' })
      return [from, own].map((source) => {
        const folder = `${source} for Python`
        exportFolder(source, folder)
        return { folder, from }
      })
    })
    const { source, target } = expected
    const answers = runPython(
      '../../../files/folders/huggingface_logits.py',
      exported.map(({ folder }) => ({ folder, source, target })),
    )
    exported.forEach(({ folder, from }, k) => {
      const { logits, missing, unexpected } = answers[k]
      expect({ missing, unexpected }, folder).toEqual({ missing: [], unexpected: [] })
      expectClose(logitsOf(from), logits, 1e-5)
    })
  })
})
