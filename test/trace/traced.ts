import type { Player } from '#dist/engine/backend/interface/backend.js'
import { generationDefaults } from '#dist/engine/decode/settings/options.js'
import type { Weights } from '#dist/engine/weights/weights.js'
import type { Trace } from '#dist/trace/data/trace.js'
import { resolveTraceOptions, type TraceOptions } from '#dist/trace/options.js'
import { tracing } from '#dist/trace/tracing.js'

/** The trace of a source in ids, by a model without a tokenizer. */
export function traced(player: Player, weights: Weights, source: number[], options: TraceOptions): Trace {
  const resolved = resolveTraceOptions(options, { ...generationDefaults, loops: 'keep' }, weights.config)
  const subject = { name: 'a model', weights, tokenizer: null, shortlist: null, player }
  const target = options.target ? { ids: options.target as number[], text: null } : null
  const second = resolved.sweep?.second ? { ids: resolved.sweep.second as number[], text: null } : null
  const steps = tracing(subject, { source: { ids: source, text: null }, target, second }, resolved)
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

/** Ids after which the end stands. */
export const sentence = (random: { integer(low: number, high: number): number }, vocabulary: number, most = 6) => [
  ...Array.from({ length: random.integer(1, most) }, () => random.integer(1, vocabulary - 1)),
  0,
]
