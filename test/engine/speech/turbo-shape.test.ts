import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { backends } from '../../backends.ts'
import { rawSafetensors, scratchFolder } from '../../formats/raw-safetensors.ts'
import { Hearer } from './hearer.ts'

/** What transformers finds with a random model in the shape of large-v3-turbo (test/golden/whisper-turbo/make.py). */
interface Golden {
  config: Record<string, unknown>
  generation: { eos_token_id: number; lang_to_id: Record<string, number>; no_timestamps_token_id: number }
  tensors: [name: string, shape: number[], seed: number, scale: number, base: number][]
  cases: { language: string; task: 'transcribe' | 'translate'; times: boolean; beams: number; ids: number[] }[]
}

const golden: Golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../golden/whisper-turbo/golden.json'), 'utf8'),
)

/** Numbers from a hash of their indices, as make.py has them. */
function noise(count: number, seed: number, scale: number, base: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    let x = (Math.imul(i, 2654435761) + seed * 40503 + 12345) >>> 0
    for (let n = 0; n < 2; n++) x = Math.imul(x ^ (x >>> 16), 0x45d9f3b) >>> 0
    x = (x ^ (x >>> 16)) >>> 0
    return ((x >>> 8) / 2 ** 24 - 0.5) * scale + base
  })
}

/** A folder of the model, with a tokenizer whose tokens are the bytes and names of numbers. */
function written(): string {
  const folder = scratchFolder()
  const header: Record<string, unknown> = {}
  const parts: Uint8Array[] = []
  let at = 0
  for (const [name, shape, seed, scale, base] of golden.tensors) {
    const count = shape.reduce((all, size) => all * size, 1)
    const bytes = new Uint8Array(noise(count, seed, scale, base).buffer)
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + bytes.length] }
    parts.push(bytes)
    at += bytes.length
  }
  rawSafetensors(join(folder, 'model.safetensors'), header, Buffer.concat(parts))
  const json = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value))
  json('config.json', { ...golden.config, model_type: 'whisper', architectures: ['WhisperForConditionalGeneration'] })
  json('generation_config.json', golden.generation)
  const { eos_token_id: end, lang_to_id: languages, no_timestamps_token_id: times } = golden.generation
  const names = ['translate', 'transcribe', 'startoflm', 'startofprev', 'nospeech', 'notimestamps']
  const tiny = join(import.meta.dirname, '../../golden/whisper-tiny')
  const own = JSON.parse(readFileSync(join(tiny, 'tokenizer.json'), 'utf8'))
  const token = (content: string, id: number) => ({
    ...{ id, content, special: true },
    ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
  })
  const letters = Object.keys(own.model.vocab).filter((each) => own.model.vocab[each] < 256)
  const vocab = Object.fromEntries(Array.from({ length: end }, (_, i) => [letters[i] ?? `<${i}>`, i]))
  json('tokenizer.json', {
    ...own,
    model: { ...own.model, vocab, merges: [] },
    added_tokens: [
      token('<|endoftext|>', end),
      token('<|startoftranscript|>', end + 1),
      ...Object.entries(languages).map(([name, id]) => token(name, id)),
      ...names.map((name, i) => token(`<|${name}|>`, times - names.length + 1 + i)),
      ...Array.from({ length: 1501 }, (_, i) => token(`<|${(0.02 * i).toFixed(2)}|>`, times + 1 + i)),
    ],
  })
  for (const [name, changes] of [
    ['tokenizer_config.json', {}],
    ['preprocessor_config.json', { chunk_length: 30, feature_size: 128, n_samples: 480_000, nb_max_frames: 3000 }],
  ] as const)
    json(name, { ...JSON.parse(readFileSync(join(tiny, name), 'utf8')), ...changes })
  return folder
}

describe('a random model in the shape of large-v3-turbo', () => {
  const player = backends[0].make()
  afterAll(() => player.close())
  const hearer = new Hearer(written(), player)
  const features = noise(3000 * 128, 999, 2, 0)

  it('has 128 mel bins, 51,866 tokens and 100 languages', () => {
    expect(hearer.model.config.sound?.mels).toBe(128)
    expect(hearer.model.config.targetVocabulary).toBe(51_866)
    expect(hearer.ids.languages.size).toBe(100)
  })

  it.each(golden.cases)('finds the ids of transformers: $language, $task, times $times, $beams beams', (asked) => {
    const { language, task, times, beams, ids } = asked
    const told = times ? 3 : 4
    const begin = ids[0] === 50258 ? told : 0
    const given = { language, task, times: times ? 'rule' : 'none', ranking: null, beams, maxTokens: 24 } as const
    const [{ tokens }] = hearer.hear([{ features, settings: hearer.settings(given) }])
    const expected = ids.slice(begin)
    const end = expected.indexOf(golden.generation.eos_token_id)
    expect(tokens).toEqual(end < 0 ? expected : expected.slice(0, end))
  })
})
