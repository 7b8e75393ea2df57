import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadFolder } from '#dist/files/folders/load.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { glassformer } from '../command.ts'

const scratch = scratchFolder()
const model = fileURLToPath(new URL('../../golden/hub/t5/model', import.meta.url))

describe('glassformer convert', () => {
  test('writes a folder for transformers, describes it, and overwrites no model', async () => {
    const output = join(scratch, 'written')
    const args = ['convert', model, '--to', 'huggingface', '--dtype', 'bfloat16', '--output', output]
    const { code, stdout, stderr } = await glassformer(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/written: t5, bfloat16, 146\.9 kB\n$/)
    expect(loadFolder(output).storedAs).toBe('bfloat16')
    expect(await glassformer(args)).toMatchObject({ code: 1, stderr: expect.stringContaining('holds a model already') })
    const again = await glassformer([...args, '--force', '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({ folder: output, modelType: 't5', storedAs: 'bfloat16' })
  })

  test('requires the target format and the output folder', async () => {
    expect((await glassformer(['convert', model, '--output', join(scratch, 'none')])).code).toBe(2)
    expect((await glassformer(['convert', model, '--to', 'huggingface'])).code).toBe(2)
    expect((await glassformer(['convert', model, '--to', 'onnx', '-o', join(scratch, 'none')])).code).toBe(2)
  })
})
