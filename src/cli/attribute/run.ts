import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { ModelInspector } from '../../look/inspect/model-inspector.ts'
import type { Trace, TracedAttribution, TracedShare } from '../../trace/data/trace.ts'
import type { TraceOptions } from '../../trace/options.ts'
import { type LookingOptions, tokenOf } from '../flags/looking-flags.ts'

/** `glassformer attribute`: prints why each token of a translation was chosen. */
export function attribute(text: string, options: AttributeCommandOptions): void {
  const { model, backend, precision, target, beams, ablate = [], json } = options
  const { by = ['direct'], step, token, contrast, keys, points, top = '8' } = options
  if (!(Number(top) >= 1)) throw new GlassformerError('ERR_OPTION', `--top must be a number of at least 1, not ${top}`)
  const inspector = ModelInspector.load(model, { backend, precision })
  try {
    const trace = inspector.inspect(text, {
      target,
      beams,
      ablate,
      attribute: {
        by,
        ...(step && { steps: step.map(numberIn) }),
        ...(token !== undefined && { token: tokenOf(token) }),
        ...(points !== undefined && { points: numberIn(points) }),
        keys,
      },
      ...(contrast !== undefined && { contrast: contrast === 'best' ? true : tokenOf(contrast) }),
    } as TraceOptions)
    if (json)
      console.log(JSON.stringify({ source: trace.source, target: trace.target, attributions: trace.attributions }))
    else for (const each of present(trace.attributions)) console.log(told(each, trace, Number(top)))
  } finally {
    inspector.close()
  }
}

/** The schema refuses what is no number, with the name of the option. */
const numberIn = (given: string): number => (given.trim() ? Number(given) : Number.NaN)

function told(
  { step, token, rival, score, direct, gradient, integrated }: TracedAttribution,
  trace: Trace,
  top: number,
): string {
  const against = rival ? ` minus ${rival.token} ${rival.logit.toFixed(2)} = ${score.toFixed(2)}` : ''
  const lines = [`step ${step}: ${token.token} ${token.logit.toFixed(2)}${against}`]
  if (direct) {
    lines.push(
      `  direct, of ${direct.length} parts that add up to ${sum(direct.map(({ share }) => share)).toFixed(2)}:`,
    )
    for (const each of largest(direct, ({ share }) => share, top)) {
      lines.push(`  ${signed(each.share)}  ${nameOf(each)}`)
      if (each.keys) lines.push(`             ${tokensLine(each.keys, keysOf(each, trace), top)}`)
    }
  }
  for (const [name, shares] of [
    ['gradient', gradient],
    ['integrated', integrated],
  ] as const) {
    if (!shares) continue
    if (shares.source.length) lines.push(`  ${name}, source: ${tokensLine(shares.source, trace.source.tokens, top)}`)
    lines.push(`  ${name}, prefix: ${tokensLine(shares.prefix, trace.target.inputs.tokens, top)}`)
  }
  return lines.join('\n')
}

const keysOf = ({ part }: TracedShare, { source, target }: Trace): string[] =>
  part.endsWith('crossAttention') ? source.tokens : target.inputs.tokens

const nameOf = ({ part, kind, head }: TracedShare): string =>
  kind === 'head' ? `${part} head ${head}` : kind === 'bias' ? `${part} bias` : part

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`.padStart(8)

const largest = <T>(all: readonly T[], sizeOf: (each: T) => number, count: number): T[] =>
  [...all].sort((a, b) => Math.abs(sizeOf(b)) - Math.abs(sizeOf(a))).slice(0, count)

const tokensLine = (values: readonly number[], tokens: readonly string[], top: number): string =>
  largest([...values.entries()], ([, value]) => value, top)
    .map(([i, value]) => `${tokens[i]} ${signed(value).trim()}`)
    .join(', ')

/** The arguments and flags of `glassformer attribute`. */
export interface AttributeCommandOptions extends LookingOptions {
  by?: string[]
  step?: string[]
  token?: string
  contrast?: string
  keys?: true
  points?: string
  top?: string
  label?: string
}
