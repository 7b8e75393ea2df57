import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeGlassformerFolder } from '#dist/files/folders/glassformer.js'
import { writeHuggingFaceFolder } from '#dist/files/folders/huggingface-writer.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { convertFolder, type TranslateOptions, Translator } from '#dist/index.js'
import { glassformer } from '../../cli/command.ts'
import { copy, edit, embedded, scratch } from '../../files/folders/edited-folder.ts'
import { quickest } from './backend-names.ts'

/** A folder with settings that are not supported. */
const asking = (settings: object) => edit(copy(), 'generation_config.json', (json) => Object.assign(json, settings))
const load = (folder: string) => Translator.load(folder, { backend: quickest, workers: 1 })
const source = [5, 8, 13]
const refused = (name: string) => ({
  code: 'ERR_UNSUPPORTED',
  message: expect.stringMatching(new RegExp(`generation_config.json: ${name} = .*remove it from that file`)),
})

describe('an unsupported setting of generate()', () => {
  it.each<[string, object, TranslateOptions | null]>([
    ['num_beam_groups', { num_beams: 4, num_beam_groups: 2, diversity_penalty: 0.5 }, { beams: 1 }],
    ['penalty_alpha', { penalty_alpha: 0.6, num_beams: 1 }, { beams: 2 }],
    ['forced_bos_token_id', { forced_bos_token_id: [5, 8] }, { forcedFirst: null as never }],
    ['dola_layers', { dola_layers: 'high' }, null],
    ['force_words_ids', { force_words_ids: [[5]] }, null],
    ['num_beems', { num_beems: 4 }, null],
  ])('%s: %j is refused when it would count, and not where %j takes its place', async (name, settings, options) => {
    await using translator = await load(asking(settings))
    await expect(translator.translate(source)).rejects.toMatchObject(refused(name))
    await expect(translator.translate([source], { maxTokens: 3 })).rejects.toMatchObject(refused(name))
    await expect(translator.stream(source).next()).rejects.toMatchObject(refused(name))
    expect(() => translator.translateSync(source)).toThrow(expect.objectContaining(refused(name)))
    await expect(translator.generate(source)).rejects.toMatchObject(refused(name))
    expect(await translator.score([{ source, target: [7] }])).toHaveLength(1)
    expect(translator.model.unsupported.map((each) => each.name)).toEqual(
      Object.keys(settings).filter((each) => each !== 'num_beams'),
    )
    if (!options) return
    await using plain = await load(copy())
    expect(await translator.translate(source, options)).toEqual(await plain.translate(source, options))
  })

  it.each([{ diversity_penalty: 0.5 }])('%j never counts without what it belongs to, but is told', async (settings) => {
    await using translator = await load(asking(settings))
    await using plain = await load(copy())
    expect(await translator.translate(source)).toEqual(await plain.translate(source))
    expect(translator.model.unsupported).toEqual(
      Object.entries(settings).map(([name, value]) => ({ name, value, file: 'generation_config.json' })),
    )
  })

  it('with a misspelled name has a suggestion', async () => {
    await using translator = await load(asking({ num_beems: 4 }))
    await expect(translator.translate(source)).rejects.toThrow(/ \(Did you mean num_beams\?\)$/)
  })

  it('is reported by info, and listed by info --json', async () => {
    const folder = asking({ num_beam_groups: 2, diversity_penalty: 0.7 })
    const { code, stdout } = await glassformer(['info', '--model', folder])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}unsupported +num_beam_groups 2 in generation_config.json, diversity_penalty 0.7 in /m)
    const json = JSON.parse((await glassformer(['info', '--model', folder, '--json'])).stdout)
    expect(json.model.unsupported).toContainEqual({ name: 'num_beam_groups', value: 2, file: 'generation_config.json' })
    expect((await glassformer(['info'])).stdout).not.toContain('unsupported')
  })

  it('is kept in a folder that is converted, and in those that are written of the model', async () => {
    const folder = asking({ num_beam_groups: 2 })
    const at = (name: string) => join(scratch, name)
    convertFolder(folder, at('converted'), 'float32')
    const { weights, generation, unsupported } = loadFolder(folder, { precision: 'float32' })
    writeGlassformerFolder(at('own'), { weights, generation, unsupported, dtype: 'float32' })
    for (const written of ['converted', 'own']) {
      await using translator = await load(at(written))
      await expect(translator.translate(source)).rejects.toMatchObject(refused('num_beam_groups'))
      expect((await translator.translate(source, { beams: 1 })).ids).not.toEqual([])
    }
    const { tokenizer, ...model } = loadFolder(embedded, { precision: 'float32' })
    if (tokenizer.kind !== 'marian') throw new Error('the embedded model is in the Marian layout')
    writeHuggingFaceFolder(at('marian'), { ...model, tokenizer, unsupported, dtype: 'float16' })
    expect(JSON.parse(readFileSync(at('marian/generation_config.json'), 'utf8'))).toMatchObject({ num_beam_groups: 2 })
  })
})
