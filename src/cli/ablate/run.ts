import { ModelInspector } from '../../look/inspect/model-inspector.ts'
import type { TracedAlternative } from '../../trace/data/trace.ts'
import type { TraceOptions } from '../../trace/options.ts'
import type { LookingOptions } from '../flags/looking-flags.ts'

/** `glassformer ablate`: the translations of the model as it is and without some of its parts. */
export function ablated(text: string, names: readonly string[], options: AblateCommandOptions): void {
  const { model, backend, precision, beams, target, json } = options
  const inspector = ModelInspector.load(model, { backend, precision })
  try {
    const width = beams ?? inspector.beams
    const ablate = names.map((name) =>
      options.with === undefined || /\.heads\.\d+$/.test(name) ? name : { tensor: name, with: options.with },
    )
    const run = (more: object): TracedAlternative[] => {
      const asked = { target, beams: width, alternatives: target === undefined ? width : 1, steps: 1, ...more }
      const trace = inspector.inspect(text, asked as TraceOptions)
      if (trace.alternatives) return trace.alternatives
      const score = trace.steps.reduce((sum, { chosen }) => sum + chosen.logProbability, 0) / trace.steps.length
      return [{ text: trace.target.text, ids: trace.target.ids, score }]
    }
    const [before, after] = [run({}), run({ ablate })]
    if (json) return console.log(JSON.stringify({ ablated: names, before, after }))
    for (const [what, found] of [
      ['as it is', before],
      [`without ${names.join(', ')}`, after],
    ] as const) {
      console.log(`${what}:`)
      for (const each of found) console.log(`  ${each.score.toFixed(4).replace('-', '−').padStart(8)}  ${each.text}`)
    }
  } finally {
    inspector.close()
  }
}

/** The flags of `glassformer ablate`. */
export interface AblateCommandOptions extends LookingOptions {
  with?: string
}
