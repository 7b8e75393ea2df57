import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { convertFolder } from '#dist/files/folders/convert.js'
import { writeGlassformerFolder } from '#dist/files/folders/glassformer.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { copy, edit, embedded, golden, scratch } from './edited-folder.ts'

const { weights, generation } = loadFolder(golden('marian-f16'), { precision: 'float32' })
const own = (name: string, more: object = {}): string => {
  const folder = join(scratch, name)
  writeGlassformerFolder(folder, { weights, dtype: 'float32', generation, ...more })
  return folder
}

describe('trainedOn of a model', () => {
  it('is said by folders of both layouts; where it is not, it is texts', () => {
    expect(loadFolder(embedded).trainedOn).toBe('sentences')
    expect(loadFolder(golden('marian-f16')).trainedOn).toBe('texts')
    const marian = edit(copy(), 'config.json', (json) => Object.assign(json, { trainedOn: 'sentences' }))
    expect(loadFolder(marian).trainedOn).toBe('sentences')
    expect(loadFolder(own('sentences', { trainedOn: 'sentences' })).trainedOn).toBe('sentences')
    const old = edit(own('old'), 'config.json', (json) => delete json.trainedOn)
    expect(loadFolder(old).trainedOn).toBe('texts')
  })

  it('is kept when a folder is stored in another dtype', () => {
    const folders = [own('kept', { trainedOn: 'sentences' }), embedded]
    folders.forEach((folder, i) => {
      const to = join(scratch, `converted-${i}`)
      convertFolder(folder, to, 'int8')
      expect(loadFolder(to).trainedOn).toBe('sentences')
    })
  })

  it('is sentences or texts, and nothing else', () => {
    const refused = expect.objectContaining({ code: 'ERR_MODEL_FORMAT', message: expect.stringContaining('trainedOn') })
    expect(() =>
      loadFolder(edit(copy(), 'config.json', (json) => Object.assign(json, { trainedOn: 'words' }))),
    ).toThrow(refused)
    expect(() => loadFolder(edit(own('bad'), 'config.json', (json) => Object.assign(json, { trainedOn: 1 })))).toThrow(
      refused,
    )
    expect(() => own('not-written', { trainedOn: 'words' })).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
  })
})
