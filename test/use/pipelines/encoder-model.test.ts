import { afterAll, describe, expect, it } from 'vitest'
import {
  AutoModel,
  AutoModelForMaskedLM,
  AutoModelForQuestionAnswering,
  AutoModelForSeq2SeqLM,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  AutoTokenizer,
  EncoderModel,
  type EncoderOutput,
  type Tensor,
} from '#dist/use/pipelines/index.js'
import { differenceOf, type Golden, type GoldenCase, goldens, tensorsOf } from '../encode/golden-folders.ts'

const opened: AsyncDisposable[] = []
afterAll(async () => {
  for (const each of opened) await each[Symbol.asyncDispose]()
})

const classes = {
  ForSequenceClassification$: AutoModelForSequenceClassification,
  'ForTokenClassification$|ForPreTraining$': AutoModelForTokenClassification,
  ForMaskedLM$: AutoModelForMaskedLM,
  ForQuestionAnswering$: AutoModelForQuestionAnswering,
}
const classFor = (golden: Golden) =>
  Object.entries(classes).find(([suffix]) => new RegExp(suffix).test(golden.class))?.[1] ?? null

async function opening(golden: Golden, Class: { from_pretrained(model: string, options: object): Promise<unknown> }) {
  const model = (await Class.from_pretrained(golden.model, { dtype: 'fp32', workers: 1 })) as EncoderModel
  opened.push(model)
  return model
}

const inputsOf = ({ input_ids, token_type_ids }: GoldenCase) => ({
  input_ids: [input_ids],
  ...(token_type_ids && { token_type_ids: [token_type_ids] }),
})

const near = (found: Tensor | undefined, expected: Float32Array, most = 1e-4) =>
  expect(differenceOf(found!.data as Float32Array, expected)).toBeLessThan(most)

describe.each(goldens)('$name', (golden) => {
  const tensor = tensorsOf(golden)

  it('outputs are those of transformers, by the class that the head asks for', async () => {
    const Class = classFor(golden)
    const model = await opening(golden, Class ?? AutoModel)
    expect(model).toBeInstanceOf(EncoderModel)
    for (const [i, one] of golden.cases.entries()) {
      const output = await model(inputsOf(one))
      for (const name of ['last_hidden_state', 'pooler_output', 'logits', 'start_logits', 'end_logits'] as const) {
        const expected =
          tensor(`${name}.${i}`) ?? (name === 'logits' && one.logits ? Float32Array.from(one.logits) : null)
        // A single logit may be the difference of large numbers.
        if (expected) near(output[name], expected, expected.length === 1 ? 1e-3 : 1e-4)
      }
    }
  })

  it('a batch with padding has the outputs of its texts, on either side', async () => {
    const { batch } = golden
    if (!batch || golden.class.includes('For')) return
    const expected = tensor('batch.last_hidden_state')
    if (!expected) return
    const model = await opening(golden, AutoModel)
    const { last_hidden_state: states } = (await model(
      Object.fromEntries(
        ['input_ids', 'attention_mask', 'token_type_ids'].filter((key) => batch[key]).map((key) => [key, batch[key]]),
      ) as never,
    )) as Required<EncoderOutput>
    const [texts, length, width] = states.dims
    expect([texts, length]).toEqual([batch.input_ids.length, batch.input_ids[0].length])
    const masks: number[] = batch.attention_mask.flat()
    const real = expected.map((value, at) => value * masks[Math.floor(at / width)])
    near(states, real)
    const turned = (rows: number[][]) =>
      rows.map((row, i) => {
        const count = batch.attention_mask[i].reduce((a: number, b: number) => a + b, 0)
        return [...row.slice(count), ...row.slice(0, count)]
      })
    const left = await model({
      input_ids: turned(batch.input_ids),
      attention_mask: turned(batch.attention_mask),
      ...(batch.token_type_ids && { token_type_ids: turned(batch.token_type_ids) }),
    })
    const count = batch.attention_mask[1].reduce((a: number, b: number) => a + b, 0)
    const own = left.last_hidden_state!.slice(1, [length - count, null])
    near(own, states.slice(1, [0, count]).data as Float32Array)
    expect(left.last_hidden_state!.slice(1, [0, length - count]).data.every((value) => value === 0)).toBe(true)
  })

  it('a tokenizer makes the ids of transformers, and names the segments that the model reads', async () => {
    const tokenizer = await AutoTokenizer.from_pretrained(golden.model)
    for (const { text, pair, input_ids, token_type_ids, decoded, decoded_skip_special } of golden.cases) {
      const made = tokenizer(text, { text_pair: pair || null, truncation: true, max_length: golden.max_length })
      expect(made.input_ids.tolist()).toEqual([input_ids.map(BigInt)])
      expect(made.token_type_ids?.tolist()).toEqual(token_type_ids && [token_type_ids.map(BigInt)])
      expect(tokenizer.decode(input_ids)).toBe(decoded)
      expect(tokenizer.decode(input_ids, { skip_special_tokens: true })).toBe(decoded_skip_special)
    }
    for (const [token, id] of Object.entries(golden.special)) expect(tokenizer.convert_tokens_to_ids(token)).toBe(id)
  })
})

it('hidden states and attention are those of transformers, and are returned where they are asked for', async () => {
  for (const golden of goldens) {
    const tensor = tensorsOf(golden)
    const first = tensor('hidden_states.2.0')
    if (!first) continue
    const model = await opening(golden, AutoModel)
    const output = await model({ ...inputsOf(golden.cases[2]), output_hidden_states: true, output_attentions: true })
    output.hidden_states!.forEach((states, n) => void near(states, tensor(`hidden_states.2.${n}`)!))
    output.attentions!.forEach((weights, n) => void near(weights, tensor(`attentions.2.${n}`)!))
    expect((await model(inputsOf(golden.cases[2]))).hidden_states).toBeUndefined()
  }
})

describe('bad input', () => {
  const golden = goldens.find(({ name }) => name === 'bert-cls')!

  it('another class, or one for models that generate, names the class that fits', async () => {
    const refused = { code: 'ERR_UNSUPPORTED', message: expect.stringContaining('AutoModelForSequenceClassification') }
    await expect(AutoModelForMaskedLM.from_pretrained(golden.model)).rejects.toMatchObject(refused)
    await expect(AutoModelForSeq2SeqLM.from_pretrained(golden.model)).rejects.toMatchObject(refused)
  })

  it('masks with holes, empty rows, other shapes and foreign ids have a code', async () => {
    const model = await opening(golden, AutoModelForSequenceClassification)
    const refused = (inputs: object, code: string) => expect(model(inputs as never)).rejects.toMatchObject({ code })
    await refused({ input_ids: [[2, 5, 3]], attention_mask: [[1, 0, 1]] }, 'ERR_INPUT')
    await refused({ input_ids: [[2, 5, 3]], attention_mask: [[0, 0, 0]] }, 'ERR_INPUT')
    await refused({ input_ids: [[2, 5, 3]], attention_mask: [[1, 1]] }, 'ERR_INPUT')
    await refused({ input_ids: [[2, 5_000_000, 3]] }, 'ERR_INPUT')
    await refused({ input_ids: [new Array(100).fill(5)] }, 'ERR_INPUT_TOO_LONG')
    await refused({ input_ids: [] }, 'ERR_INPUT')
    await refused({}, 'ERR_INPUT')
    await refused({ input_ids: [[2, 3]], inputs_embeds: [[1]] }, 'ERR_OPTION')
  })
})
