import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { weightNames } from '#dist/files/folders/ctranslate2/names.js'
import { Ctranslate2Tensors } from '#dist/files/folders/ctranslate2/tensors.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { DiskFolder } from '#dist/formats/disk/disk-folder.js'
import { golden } from './expected.ts'

const folder = join(golden, 'whisper-int8')

test("Whisper's weights have the values that CTranslate2 was given, but for int8", () => {
  const values = JSON.parse(readFileSync(join(golden, 'whisper-int8.json'), 'utf8')) as Record<string, number[]>
  const source = new Ctranslate2Tensors(new DiskFolder(folder).open('model.bin'), weightNames)
  for (const [given, known] of Object.entries(values)) {
    const name = given.replace('decoder.embedding', 'embedding')
    const { dtype, shape } = source.tensors.get(name)!
    const found = new Float32Array(known.length)
    if (dtype === 'I8') {
      const scales = new Float32Array(shape[0])
      source.readFloats(`${name}_scale`, scales)
      found.set(
        Float32Array.from(
          source.readIntegers(name) as Int8Array,
          (value, i) => value * scales[Math.floor(i / (known.length / shape[0]))],
        ),
      )
    } else source.readFloats(name, found)
    const apart = found.map((value, i) => Math.abs(value - known[i]))
    expect(Math.max(...apart), name).toBeLessThan(dtype === 'I8' ? 0.02 : 1e-6)
  }
  expect(source.tensors.get('encoder.conv1.weight')!.shape).toEqual([8, 4, 3])
  source.close()
})

test('a folder whose ids have no room for languages, tasks and times is no model of speech', () => {
  expect(() => loadFolder(folder)).toThrow(
    expect.objectContaining({ code: 'ERR_MODEL_FORMAT', message: expect.stringContaining('ids.end') }),
  )
})
