import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { exportFolder } from '#dist/files/folders/export.js'
import { writeGlassformerFolder } from '#dist/files/folders/glassformer.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { lacks, runPython } from '../../learn/train/vocabulary/python.ts'
import { sharedFolder } from '../../shared-folder.ts'

const scratch = scratchFolder()
const copied = fileURLToPath(new URL('../../golden/hub/', import.meta.url))
const goldenOf = (family: string) =>
  [`${copied}${family}/model`, `${sharedFolder}/golden/hub/${family}/model`].find((path) => existsSync(path))

const json = (folder: string, file = 'config.json') => JSON.parse(readFileSync(join(folder, file), 'utf8'))

function tensorNames(folder: string): string[] {
  const source = openSafetensors(join(folder, 'model.safetensors'))
  source.close()
  return [...source.tensors.keys()].sort()
}

const families = ['marian-f16', 'bart', 'mbart', 'm2m100', 'pegasus', 'blenderbot', 't5', 't5-v1.1']

describe('a folder of our own layout', () => {
  it.each(families)('becomes a folder of Hugging Face again: %s', (family) => {
    const golden = goldenOf(family)
    if (!golden) return
    const { weights, generation, unsupported, config } = loadFolder(golden, { precision: 'float32' })
    const own = join(scratch, `${family} own`)
    writeGlassformerFolder(own, { weights, dtype: 'float32', generation, unsupported })
    const to = join(scratch, family)
    expect(exportFolder(own, to)).toEqual({ modelType: json(golden).model_type, withoutTokenizer: false })
    const again = loadFolder(to)
    expect(again.config).toEqual(config)
    expect(again.weights.values).toEqual(weights.values)
    // transformers 5 writes another config.json for a T5 with its own output than transformers 4 and FLAN's folders
    // have; Marian has no beginning.
    const differs = /t5-v1/.test(family) ? ['architectures', 'tie_word_embeddings'] : ['architectures', 'bos_token_id']
    const kept = Object.entries(json(golden)).filter(([key]) => key in json(to) && !differs.includes(key))
    expect(json(to)).toMatchObject(Object.fromEntries(kept))
    expect(kept.length).toBeGreaterThan(12)
    const sinusoids = (name: string) => /embed_positions/.test(name) && /marian|pegasus/.test(family)
    expect(tensorNames(to)).toEqual(tensorNames(golden).filter((name) => !sinusoids(name)))
  })

  it('is refused where transformers has no such model, or no such search', () => {
    const { config, generation } = loadFolder(goldenOf('bart')!)
    const written = (name: string, model: Parameters<typeof writeGlassformerFolder>[1]) => {
      writeGlassformerFolder(join(scratch, name), model)
      return join(scratch, name)
    }
    const other = new Weights({ ...config, norm: { ...config.norm, order: 'postFinal' } })
    const refused = (folder: string, message: string) =>
      expect(() => exportFolder(folder, join(scratch, 'refused'))).toThrow(
        expect.objectContaining({ code: 'ERR_UNSUPPORTED', message: expect.stringContaining(message) }),
      )
    refused(written('other', { weights: other, dtype: 'float32' }), 'none of its architectures')
    const gnmt = { ...generation, lengthPenaltyForm: 'gnmt' } as const
    refused(written('gnmt', { weights: new Weights(config), dtype: 'float32', generation: gnmt }), 'length penalty')
    expect(existsSync(join(scratch, 'refused'))).toBe(false)
  })

  it('leaves out a tokenizer that transformers lacks', () => {
    const { weights, config } = loadFolder(goldenOf('bart')!, { precision: 'float32' })
    const words = Array.from({ length: config.sourceVocabulary }, (_, i) => (i === 2 ? '</s>' : i ? `w${i}` : '<unk>'))
    const own = join(scratch, 'words')
    writeGlassformerFolder(own, { weights, dtype: 'float32', tokenizer: { kind: 'words', source: words.join('\n') } })
    writeFileSync(join(own, 'LICENSE'), 'free')
    const to = join(scratch, 'without words')
    expect(exportFolder(own, to)).toEqual({ modelType: 'bart', withoutTokenizer: true })
    expect(loadFolder(to).tokenizer.kind).toBe('none')
    expect(readFileSync(join(to, 'LICENSE'), 'utf8')).toBe('free')
  })
})

describe('a folder of Hugging Face', () => {
  it('keeps its settings, and has its weights as safetensors, each of them once', () => {
    const golden = goldenOf('marian-bin')!
    const to = join(scratch, 'marian-bin')
    exportFolder(golden, to)
    expect(json(to)).toEqual(json(golden))
    expect(loadFolder(to).weights.values).toEqual(loadFolder(golden).weights.values)
    const names = tensorNames(to)
    expect(names).toContain('model.shared.weight')
    for (const tied of ['lm_head.weight', 'model.encoder.embed_tokens.weight', 'model.decoder.embed_tokens.weight'])
      expect(names).not.toContain(tied)
  })

  it('keeps the spelling of its numbers, which matters to transformers 5', () => {
    const from = join(scratch, 'spelled')
    cpSync(goldenOf('t5-v1.1')!, from, { recursive: true })
    const spelled =
      '{"dropout_rate": 0.0, "initializer_factor": 1.0, "note": "1.0 \\"2.0", "big": 1e+3, "list": [1, 2.50],'
    writeFileSync(
      join(from, 'config.json'),
      readFileSync(join(from, 'config.json'), 'utf8')
        .replace(/^\{/, spelled)
        .replace(/"(dropout_rate|initializer_factor)": 0?[.\d]+,\n/g, ''),
    )
    const to = join(scratch, 'spelled again')
    exportFolder(from, to)
    const text = readFileSync(join(to, 'config.json'), 'utf8')
    for (const part of ['"dropout_rate": 0.0,', '"initializer_factor": 1.0,', '"1.0 \\"2.0"', ' 1e+3,', ' 2.50', ' 1,'])
      expect(text).toContain(part)
  })

  it('says that a T5 has an output of its own where it has one', () => {
    const to = join(scratch, 'own output')
    const golden = goldenOf('t5-v1.1')!
    expect(json(golden)).toMatchObject({ tie_word_embeddings: true })
    exportFolder(golden, to)
    expect(json(to)).toEqual({ ...json(golden), tie_word_embeddings: false, scale_decoder_outputs: false })
    expect(loadFolder(to).config).toEqual(loadFolder(golden).config)
  })

  it('is written in another dtype where that is asked for', () => {
    const to = join(scratch, 'half')
    exportFolder(goldenOf('t5')!, to, 'float16')
    expect(loadFolder(to)).toMatchObject({ storedAs: 'float16' })
    expect(json(to).dtype).toBe('float16')
    expect(() => exportFolder(goldenOf('t5')!, to, 'int8' as never)).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION' }),
    )
  })
})

const reason = lacks('transformers')

describe.skipIf(reason !== null)(`Hugging Face's transformers${reason ? ` (skipped: ${reason})` : ''}`, () => {
  it('loads exports from either layout, all of them and nothing else, and computes the same logits', () => {
    const pair = { source: [11, 29, 7, 30, 13, 2], target: [5, 31, 18, 2] }
    // Not marian-two-vocabularies: transformers 4 cannot read vocabularies of different sizes.
    const from = (name: string, make: (to: string, golden: string) => string) =>
      [...families, 'marian-bin'].flatMap((family) => {
        const golden = goldenOf(family)
        if (!golden) return []
        const folder = join(scratch, `${family} for Python from ${name}`)
        exportFolder(make(`${folder}, own`, golden), folder, 'float32')
        return { folder, golden }
      })
    const exported = [
      ...from('its own', (_, golden) => golden),
      ...from('ours', (own, golden) => {
        const { weights } = loadFolder(golden, { precision: 'float32' })
        writeGlassformerFolder(own, { weights, dtype: 'float32' })
        return own
      }),
    ]
    const answers = runPython(
      '../../../files/folders/huggingface_logits.py',
      exported.map(({ folder }) => ({ folder, ...pair })),
    )
    const player = new JsPlayer()
    exported.forEach(({ folder, golden }, k) => {
      const { logits, missing, unexpected } = answers[k]
      expect({ missing, unexpected }, folder).toEqual({ missing: [], unexpected: [] })
      const { weights } = loadFolder(golden, { precision: 'float32' })
      const [ours] = new ForcedDecoder(player, weights).trace([pair], ['output.out'])
      expectClose(ours, logits, 1e-5)
    })
    player.close()
  })
})
