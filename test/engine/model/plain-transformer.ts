/** The whole model in float64, sentence by sentence and without a program, as section 3 of the paper describes it. */

import type { SourceIds } from '#dist/base/choices/position-kinds.js'
import type { FeedForwardSettings } from '#dist/engine/model/config/feed-forward-settings.js'
import type { ImageSettings } from '#dist/engine/model/config/image-settings.js'
import type { Weights } from '#dist/engine/weights/weights.js'
import { erf } from '../program/mathematics.ts'
import { plainCompressed } from './plain-compressed.ts'
import { plainModule, plainQueries } from './plain-convolution.ts'
import { seenInImage } from './plain-image.ts'
import { plainGate, plainMeans, plainSsru } from './plain-recurrence.ts'

type Rows = number[][]

const activations: Record<string, (x: number) => number> = {
  relu: (x) => Math.max(0, x),
  gelu: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)),
  geluTanh: (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  swish: (x) => x / (1 + Math.exp(-x)),
}

/** Receives each tensor [rows, width] by its name in a trace, and may return another in its place. */
export type Look = (name: string, rows: Rows) => Rows

/** Logits of every target token, given source and target ids: [target, vocabulary]. */
export function plainLogits(
  weights: Weights,
  source: SourceIds & number[],
  target: number[],
  look: Look = (_, rows) => rows,
): Rows {
  const { config } = weights
  const values = (name: string) => Array.from(weights.get(name))
  const matrix = (name: string): Rows => {
    const { rows, width } = weights.place(name)
    const flat = values(name)
    return Array.from({ length: rows }, (_, r) => flat.slice(r * width, (r + 1) * width))
  }
  const linear = (name: string, x: Rows): Rows => {
    const w = matrix(`${name}.weight`)
    const b = config.linearBias ? values(`${name}.bias`) : w.map(() => 0)
    return x.map((row) => w.map((column, o) => column.reduce((sum, value, i) => sum + value * row[i], b[o])))
  }
  const add = (a: Rows, b: Rows): Rows => a.map((row, r) => row.map((value, i) => value + b[r][i]))
  const norm = (name: string, x: Rows): Rows => {
    const gamma = values(`${name}.weight`)
    const beta = config.norm.kind === 'layerNorm' ? values(`${name}.bias`) : gamma.map(() => 0)
    return x.map((row) => {
      const mean = config.norm.kind === 'layerNorm' ? row.reduce((a, b) => a + b, 0) / row.length : 0
      const square = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length
      return row.map((value, i) => ((value - mean) / Math.sqrt(square + config.norm.epsilon)) * gamma[i] + beta[i])
    })
  }
  /** Marian's operations before a sub-layer, after it and on top of each stack. */
  const [before, after, top] = (
    { post: '/dan/', postFinal: '/dan/n', pre: 'n/da/n' }[config.norm.order as string] ?? config.norm.order
  ).split('/')
  const operated = (operations: string, x: Rows, residual: Rows, normOf: (x: Rows) => Rows, sumOf: (x: Rows) => Rows) =>
    [...operations].reduce((y, operation) => {
      if (operation === 'd') return y
      return operation === 'n' ? normOf(y) : sumOf(add(y, residual))
    }, x)
  const sublayer = (name: string, x: Rows, f: (x: Rows) => Rows, residual = x): Rows => {
    const both = before.includes('n') && after.includes('n')
    const normed = (norm_: string) => (y: Rows) => look(`${name}${norm_}.normed`, norm(`${name}${norm_}`, y))
    const sum = (y: Rows) => look(`${name}Norm.sum`, y)
    const made = look(`${name}.output`, f(operated(before, x, x, normed(both ? 'InputNorm' : 'Norm'), sum)))
    return operated(after, made, residual, normed('Norm'), sum)
  }

  /** One head of a key or value at a distance from the query, Shaw et al. 2018, eq. 3-4; only self-attention has distances. */
  const distant = (name: string, head: number[], distance: number): number[] => {
    if (config.positions.kind !== 'relative' || name.includes('crossAttention')) return head
    const { clip } = config.positions
    const row = matrix(`${name}.weight`)[clip + Math.max(-clip, Math.min(clip, distance))]
    return head.map((value, i) => value + row[i])
  }

  /** T5's bias of a head by the bucket of a distance, from the logarithm of the paper's text. */
  const distanceBias = (name: string, side: 'encoder' | 'decoder', head: number, distance: number): number => {
    const { positions } = config
    if (positions.kind !== 'buckets' || name.includes('crossAttention')) return 0
    const size = side === 'encoder' ? Math.floor(positions.buckets / 2) : positions.buckets
    const single = Math.floor(size / 2)
    const first = side === 'encoder' && distance > 0 ? size : 0
    const far = Math.abs(distance)
    const share = Math.log(far / single) / Math.log(positions.furthest / single)
    const bucket = far < single ? far : Math.min(size - 1, Math.floor(single + share * (size - single) + 1e-9))
    return matrix(`${side}.distanceBias.weight`)[first + bucket][head]
  }

  /**
   * Rotates each pair of numbers of a query or key head at a position, as a complex number (Su et al. 2021, eq. 12-15).
   */
  const turned = (row: number[], at: number, dHead: number): number[] => {
    const { positions } = config
    if (positions.kind !== 'rotary') return row
    return row.map((value, i) => {
      const pair = Math.floor((i % dHead) / 2)
      const angle = at * positions.base ** ((-2 * pair) / dHead)
      const other = i % 2 ? row[i - 1] : -row[i + 1]
      return value * Math.cos(angle) + other * Math.sin(angle)
    })
  }

  const attention = (name: string, x: Rows, memory: Rows, side: 'encoder' | 'decoder', causal: boolean): Rows => {
    const { heads, dHead, attention: near } = config[side]
    const isOwn = !name.includes('crossAttention')
    const layer = Number(name.split('.')[1])
    const factor =
      isOwn && near?.compressed && (near.compressed.layers?.includes(layer) ?? layer % 2 === 1)
        ? near.compressed.factor
        : null
    if (factor !== null) return compressed(name, x, factor)
    const reach = !isOwn || typeof near?.local !== 'number' ? Infinity : near.local
    const image = isOwn && typeof near?.local === 'object' ? seenInImage(near.local as ImageSettings, x.length) : null
    const [q, k, v] = ['query', 'key', 'value'].map((part) => {
      const made = linear(`${name}.${part}`, part === 'query' ? x : memory)
      const turns = part !== 'value' && !name.includes('crossAttention')
      return look(`${name}.${part}`, turns ? made.map((row, at) => turned(row, at, dHead)) : made)
    })
    const weights = Array.from({ length: heads }, (): Rows => [])
    const scaled = Array.from({ length: heads }, (): Rows => [])
    const z = q.map((query, i) => {
      const seen = causal ? i + 1 : k.length
      return Array.from({ length: heads }, (_, head) => {
        const cut = (row: number[]) => row.slice(head * dHead, (head + 1) * dHead)
        const keys = k.slice(0, seen).map((key, j) => distant(`${name}.relativeKeys`, cut(key), j - i))
        const values = v.slice(0, seen).map((value, j) => distant(`${name}.relativeValues`, cut(value), j - i))
        const scale = config.scaledAttention === false ? 1 : 1 / Math.sqrt(dHead)
        const product = (key: number[]) => cut(query).reduce((sum, value, c) => sum + value * key[c], 0)
        const scores = keys.map((key, j) =>
          Math.abs(j - i) < reach && (!image || image[i].includes(j))
            ? scale * product(key) + distanceBias(name, side, head, j - i)
            : -Infinity,
        )
        scaled[head].push([...scores, ...new Array<number>(k.length - seen).fill(-Infinity)])
        const powers = scores.map((score) => Math.exp(score - Math.max(...scores)))
        const total = powers.reduce((a, b) => a + b, 0)
        weights[head].push([...powers.map((p) => p / total), ...new Array<number>(k.length - seen).fill(0)])
        return Array.from({ length: dHead }, (_, c) =>
          powers.reduce((sum, p, j) => sum + (p / total) * values[j][c], 0),
        )
      }).flat()
    })
    look(`${name}.maskedScores`, scaled.flat())
    look(`${name}.weights`, weights.flat())
    const found = look(`${name}.heads`, z)
    return config.attentionProjection === false ? found : linear(`${name}.output`, found)
  }

  const compressed = (name: string, x: Rows, factor: number): Rows => {
    const given = {
      heads: config.decoder.heads,
      scale: config.scaledAttention === false ? 1 : config.decoder.dHead ** -0.5,
    }
    const found = plainCompressed({ matrix, linear, values, look }, name, x, { factor, ...given })
    return config.attentionProjection === false ? found : linear(`${name}.output`, found)
  }

  const position = (side: string, at: number): number[] => {
    const d = config.dModel
    const { positions } = config
    const p = at + ('offset' in positions ? (positions.offset ?? 0) : 0)
    if (['none', 'relative', 'buckets', 'rotary'].includes(positions.kind)) return new Array(d).fill(0)
    if (positions.kind === 'learned') return matrix(`${side}.positions.weight`)[p]
    const half = Math.floor(d / 2)
    const row = new Array<number>(d).fill(0)
    if (positions.kind === 'halves' && d % 2) {
      const angles = row.map((_, j) => p / 10000 ** ((2 * Math.floor(j / 2)) / d))
      const [even, odd] = [0, 1].map((parity) => angles.filter((_, j) => j % 2 === parity))
      return [...even.map(Math.sin), ...odd.map(Math.cos)]
    }
    for (let i = 0; i < half; i++) {
      const angle =
        positions.kind === 'timingSignal'
          ? p * Math.exp((-i * Math.log(10000)) / Math.max(half - 1, 1))
          : p / 10000 ** ((2 * i) / d)
      row[positions.kind === 'interleaved' ? 2 * i : i] = Math.sin(angle)
      row[positions.kind === 'interleaved' ? 2 * i + 1 : half + i] = Math.cos(angle)
    }
    return row
  }
  const embed = (side: 'encoder' | 'decoder', ids: number[]): Rows => {
    const table = matrix(config.sharedEmbedding ? 'embedding.weight' : `${side}.embedding.weight`)
    const words = ids.map((id) => {
      const row = id < 0 ? new Array<number>(config.dModel).fill(0) : table[id]
      return row.map((value) => value * config.embeddingScale)
    })
    look(`${side}.embedding`, words)
    const at = look(
      `${side}.positions`,
      ids.map((_, p) => position(side, p)),
    )
    const rows = look(`${side}.embedded`, add(words, at))
    if (!config.norm.embedding) return rows
    return look(`${side}.embeddingNorm.normed`, norm(`${side}.embeddingNorm`, rows))
  }
  const activate = (rows: Rows, name: string = config.activation) => rows.map((row) => row.map(activations[name]))
  /** The k experts of the highest scores, weighed by the softmax of these scores (Shazeer et al. 2017, NLLB-MoE), or of all (Switch). */
  const mixture = (name: string, x: Rows, { k, softmax, bias, scale = 1 }: FeedForwardSettings): Rows =>
    x.map((row) => {
      const product = (w: Rows, y: number[]) =>
        w.map((column) => column.reduce((sum, value, i) => sum + value * y[i], 0))
      const scores = product(matrix(`${name}.router.weight`), row)
      const best = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a])
      const power = (e: number) => Math.exp(scores[e] - scores[best[0]])
      const total = (softmax === 'all' ? best : best.slice(0, k)).reduce((sum, e) => sum + power(e), 0)
      return best.slice(0, k).reduce(
        (sum, e) => {
          const linearOf = (part: string, y: number[]) => {
            const own = `${name}.expert${e}.${part}`
            return bias ? linear(own, [y])[0] : product(matrix(`${own}.weight`), y)
          }
          const made = linearOf('outer', activate([linearOf('inner', row)])[0])
          return sum.map((value, i) => value + scale * (power(e) / total) * made[i])
        },
        row.map(() => 0),
      )
    })
  const feedForward = (name: string, side: 'encoder' | 'decoder', x: Rows) => {
    const experts = config[side].feedForward
    if (experts && (experts.layers?.includes(Number(name.split('.')[1])) ?? true)) return mixture(name, x, experts)
    if (config.gated) {
      const [gates, inner] = [activate(linear(`${name}.gate`, x)), linear(`${name}.inner`, x)]
      const open = gates.map((row, r) => row.map((gate, i) => gate * inner[r][i]))
      return linear(`${name}.outer`, look(`${name}.inner`, open))
    }
    let inner = x
    for (let i = 1; i < (config[side].feedForwardDepth ?? 2); i++)
      inner = activate(linear(`${name}.inner${i > 1 ? i : ''}`, inner))
    return linear(`${name}.outer`, look(`${name}.inner`, inner))
  }
  const ssru = (name: string, x: Rows, projection: boolean | undefined): Rows => {
    const bias = values(`${name}.forget.bias`)
    const product = (part: string) => {
      const w = matrix(`${name}.${part}.weight`)
      return x.map((row) => w.map((column) => column.reduce((sum, value, i) => sum + value * row[i], 0)))
    }
    const candidates = look(`${name}.candidate`, product('candidate'))
    const forgets = product('forget').map((row) => row.map((value, i) => value + bias[i]))
    const { gates, states, recurred } = plainSsru(candidates, forgets)
    look(`${name}.forgetGates`, gates)
    look(`${name}.states`, states)
    return projection ? linear(`${name}.output`, recurred) : recurred
  }
  const average = (name: string, x: Rows): Rows => {
    const own = config.decoderSelfAttention as {
      kind: 'average'
      depth: number
      activation: string
      gatingLayer: boolean
    }
    const means = look(`${name}.averaged`, plainMeans(x))
    return sublayer(
      name,
      means,
      (h) => {
        let y = h
        for (let i = 1; i < own.depth; i++) y = activate(linear(`${name}.inner${i > 1 ? i : ''}`, y), own.activation)
        if (y[0]?.length !== config.dModel && y.length) y = linear(`${name}.outer`, y)
        if (!own.gatingLayer) return y
        return plainGate(linear(`${name}.inputGate`, x), x, linear(`${name}.forgetGate`, y), y)
      },
      x,
    )
  }
  const onTop = (stack: string, x: Rows, embedded: Rows) =>
    operated(
      top,
      x,
      embedded,
      (y) => norm(`${stack}.norm`, y),
      (y) => y,
    )
  const own = config.decoderSelfAttention ?? { kind: 'attention' }
  const convolution = { matrix, norm, look }
  const lookBack = (at: string, x: Rows): Rows => {
    if (own.kind === 'convolution')
      return sublayer(`${at}.convolution`, x, (h) => plainModule(convolution, `${at}.convolution`, h, true))
    if (own.kind === 'average') return average(`${at}.averageAttention`, x)
    if (own.kind === 'ssru') return sublayer(`${at}.ssru`, x, (h) => ssru(`${at}.ssru`, h, own.projection))
    return sublayer(`${at}.selfAttention`, x, (h) => attention(`${at}.selfAttention`, h, h, 'decoder', true))
  }

  /** A linear takes the place of the embedding of each row of numbers. */
  const withRows = (rows: Rows): Rows => {
    const { rowWidth = 0 } = config
    if (!rowWidth) return rows
    const w = matrix('encoder.rows.weight')
    let row = -1
    return rows.map((x, place) => {
      if (source[place] >= 0) return x
      row++
      const numbers = Array.from(source.rows!.subarray(row * rowWidth, (row + 1) * rowWidth))
      return x.map((value, i) => value + w[i].reduce((sum, weight, j) => sum + weight * numbers[j], 0))
    })
  }
  const embeddedSource = withRows(embed('encoder', source))
  let memory = embeddedSource
  for (let n = 0; n < config.encoder.layers; n++) {
    look(`encoder.${n}.input`, memory)
    if (config.encoderSelfAttention?.kind === 'convolution') {
      memory = sublayer(`encoder.${n}.convolution`, memory, (x) =>
        plainModule(convolution, `encoder.${n}.convolution`, x, false),
      )
      memory = look(`encoder.${n}.out`, memory)
      continue
    }
    memory = sublayer(`encoder.${n}.selfAttention`, memory, (x) =>
      attention(`encoder.${n}.selfAttention`, x, x, 'encoder', false),
    )
    memory = sublayer(`encoder.${n}.feedForward`, memory, (x) => feedForward(`encoder.${n}.feedForward`, 'encoder', x))
    memory = look(`encoder.${n}.out`, memory)
  }
  memory = look('encoder.output', onTop('encoder', memory, embeddedSource))
  const embeddedTarget = embed('decoder', [config.ids.start ?? -1, ...target.slice(0, -1)])
  let x = embeddedTarget
  for (let n = 0; n < config.decoder.layers; n++) {
    look(`decoder.${n}.input`, x)
    x = lookBack(`decoder.${n}`, x)
    x = sublayer(`decoder.${n}.crossAttention`, x, (h) =>
      attention(
        `decoder.${n}.crossAttention`,
        own.kind === 'convolution' ? plainQueries(convolution, `decoder.${n}.crossAttention`, h) : h,
        memory,
        'decoder',
        false,
      ),
    )
    if (own.kind !== 'convolution')
      x = sublayer(`decoder.${n}.feedForward`, x, (h) => feedForward(`decoder.${n}.feedForward`, 'decoder', h))
    x = look(`decoder.${n}.out`, x)
  }
  x = look('decoder.output', onTop('decoder', x, embeddedTarget))
  const output = matrix(
    !config.tiedOutput ? 'output.weight' : config.sharedEmbedding ? 'embedding.weight' : 'decoder.embedding.weight',
  )
  const bias = config.outputBias ? values('output.bias') : output.map(() => 0)
  const logits = x.map((row) =>
    output.map((column, o) => bias[o] + config.outputScale * column.reduce((sum, value, i) => sum + value * row[i], 0)),
  )
  return look('logits', logits)
}
