import { present } from '../../base/present.ts'
import { ModelInspector } from '../../look/inspect/model-inspector.ts'
import type { TracedSweep } from '../../trace/data/trace.ts'
import type { TraceOptions } from '../../trace/options.ts'
import { type LookingOptions, tokenOf } from '../flags/looking-flags.ts'

/** `glassformer sweep`: prints a table of the number that is measured. */
export function sweep(text: string, second: string | undefined, options: SweepCommandOptions): void {
  const { model, backend, precision, target, beams, ablate = [], json } = options
  const { over, tensors, align, measure, step, answer, contrast } = options
  const inspector = ModelInspector.load(model, { backend, precision })
  try {
    const { sweep: found } = inspector.inspect(text, {
      target,
      beams,
      ablate,
      sweep: {
        second,
        with: options.with,
        over,
        tensors,
        align: align === undefined ? undefined : alignmentOf(align),
        measure,
        step: step === undefined ? undefined : Number(step),
        answer: tokenOf(answer),
      },
      contrast: tokenOf(contrast),
    } as TraceOptions)
    console.log(json ? JSON.stringify(found) : told(present(found)))
  } finally {
    inspector.close()
  }
}

/** '1:2,2:3' as pairs; words as they are. */
const alignmentOf = (given: string): string | number[][] =>
  given.includes(':') ? given.split(',').map((pair) => pair.split(':').map(Number)) : given

function told({ measure, step, answer, rival, by, rows, columns, plain, other, values }: TracedSweep): string {
  const what = {
    logitDifference: () => `logit of ${present(answer).token} minus that of ${present(rival).token} at step ${step}`,
    probability: () => `probability of ${present(answer).token} at step ${step}`,
    loss: () => 'loss of the target, nats for each token',
  }[measure]()
  const names =
    columns.kind === 'head' ? Array.from({ length: columns.heads }, (_, head) => `head ${head}`) : columns.tokens
  const ofSecond = other === null ? '' : `, of the second sentence ${other.toFixed(3)}`
  const width = Math.max(...names.map((name) => name.length), 8) + 1
  const left = Math.max(...rows.map((row) => row.length)) + 1
  const line = (first: string, cells: readonly string[]) =>
    first.padEnd(left) + cells.map((cell) => cell.padStart(width)).join('')
  return [
    `${what}: ${plain.toFixed(3)}${ofSecond}; replaced by ${by === 'second' ? 'the second sentence' : by}:`,
    line('', names),
    ...rows.map((row, r) =>
      line(
        row,
        values[r].map((value) => (value === null ? '–' : value.toFixed(3))),
      ),
    ),
  ].join('\n')
}

/** The arguments and flags of `glassformer sweep`. */
export interface SweepCommandOptions extends LookingOptions {
  with?: string
  over?: string
  tensors?: string[]
  align?: string
  measure?: string
  step?: string
  answer?: string
  contrast?: string
}
