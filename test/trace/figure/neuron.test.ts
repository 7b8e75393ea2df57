import { expect, test } from 'vitest'
import { attentionSteps } from '#dist/draw/attention-steps.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { attentionName } from '#dist/trace/figure/attention.js'
import { distanceTensors } from '#dist/trace/figure/distances.js'
import { neuronDrawing } from '#dist/trace/figure/pictures.js'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { anyModel } from '../../engine/model/any-model.ts'
import { Random } from '../../engine/program/random-operands.ts'
import { sentence, traced } from '../traced.ts'

test('the steps of a neuron end at the weights and values of any model, with any relative positions', () => {
  const player = new JsPlayer()
  const positions = new Set<string>()
  for (let seed = 1; seed <= 80; seed++) {
    const random = new Random(seed)
    const weights = anyModel(random)
    const { encoderSelfAttention, decoderSelfAttention } = weights.config
    if (decoderSelfAttention || encoderSelfAttention?.kind === 'convolution') continue // a stack has no self-attention
    const source = sentence(random, weights.config.sourceVocabulary)
    const target = sentence(random, weights.config.targetVocabulary)
    for (const kind of ['encoder', 'decoder', 'cross'] as const) {
      const { layers, heads } = weights.config[kind === 'encoder' ? 'encoder' : 'decoder']
      const layer = random.integer(0, layers - 1)
      const head = random.integer(0, heads - 1)
      const path = attentionName(kind, layer)
      const tensors = [
        ...['query', 'key', 'value', 'weights', 'heads'].map((name) => `${path}.${name}`),
        ...distanceTensors({ positions: weights.config.positions.kind }, kind, layer),
      ]
      const trace = traced(player, weights, source, { target, tensors })
      const [, queries, keys] = trace.tensors[`${path}.weights`].shape
      const query = random.integer(0, queries - 1)
      const drawing = neuronDrawing(trace, { kind, layer, head, query })
      const steps = attentionSteps(drawing.q, drawing.k, drawing.v, drawing)
      const from = (head * queries + query) * keys
      expectClose(steps.weights, Array.from(trace.tensors[`${path}.weights`].values.subarray(from, from + keys)), 1e-5)
      const { shape, values } = trace.tensors[`${path}.heads`]
      const dHead = drawing.q.length
      const z = values.subarray(query * shape[1] + head * dHead, query * shape[1] + (head + 1) * dHead)
      expectClose(steps.z, Array.from(z), 1e-4)
    }
    positions.add(weights.config.positions.kind)
  }
  for (const kind of ['relative', 'buckets', 'rotary']) expect(positions).toContain(kind)
  player.close()
})
