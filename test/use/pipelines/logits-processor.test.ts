import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  AutoModelForSeq2SeqLM,
  AutoTokenizer,
  LogitsProcessor,
  LogitsProcessorList,
  type PreTrainedModel,
  type PreTrainedTokenizer,
  type Tensor,
} from '#dist/use/pipelines/index.js'

const ownModel = new URL('../../../models/fr-en', import.meta.url)

let model: PreTrainedModel
let tokenizer: PreTrainedTokenizer
beforeAll(async () => {
  model = await AutoModelForSeq2SeqLM.from_pretrained(fileURLToPath(ownModel))
  tokenizer = await AutoTokenizer.from_pretrained(fileURLToPath(ownModel))
})

/** Forbids an id, as a user's own class does. */
class Without extends LogitsProcessor {
  readonly id: number
  seen: [ids: bigint[][], dims: readonly number[]] | null = null

  constructor(id: number) {
    super()
    this.id = id
  }

  override _call(ids: bigint[][], logits: Tensor): Tensor {
    this.seen ??= [ids, logits.dims]
    logits.data[this.id] = -Infinity
    return logits
  }
}

describe('LogitsProcessor', () => {
  it('is extended by classes, whose objects change the scores of generate', async () => {
    const inputs = tokenizer('Je suis étudiant.')
    const plain = (await model.generate({ ...inputs, num_beams: 1 })).tolist()[0]
    const first = Number(plain[1])
    const without = new Without(first)
    const own = (await model.generate({ ...inputs, num_beams: 1, logits_processor: without })).tolist()[0]
    expect(own).not.toContain(BigInt(first))
    const [ids, dims] = without.seen!
    expect([ids[0][0], dims]).toEqual([plain[0], [1, model.config.vocab_size]])
    const list = new LogitsProcessorList()
    list.extend([new Without(first), new Without(Number(own[1]))])
    const both = (await model.generate({ ...inputs, num_beams: 1, logits_processor: list })).tolist()[0]
    expect(both).not.toContain(BigInt(first))
    expect(both).not.toContain(own[1])
    expect(() => new LogitsProcessor()([], null as never)).toThrow(/override _call/)
  })
})

it('a model says what it takes, and is disposed of as in transformers.js', async () => {
  expect([model.main_input_name, model.can_generate]).toEqual(['input_ids', true])
  expect(await model.dispose()).toEqual([])
})
afterAll(() => model.dispose())
