import { useMemo } from 'preact/hooks'
import { expertGates } from '../../../draw/expert-gates.ts'
import { type Picture, svg } from '../../../draw/marks/element.ts'
import { heatLegend, heatMap } from '../../../draw/marks/heat-map.ts'
import { label } from '../../../draw/marks/label.ts'
import { numberMarks } from '../../../draw/marks/numbers.ts'
import { type Side, sideOf } from '../../../draw/marks/side.ts'
import { fitted, textWidth } from '../../../draw/marks/text-width.ts'
import type { Trace } from '../../../trace/data/trace.ts'
import { inputSide } from '../../../trace/figure/attention.ts'
import { shownTokens } from '../../../trace/figure/tokens.ts'
import { BadParameter } from '../state/address.ts'
import { usePage, useTrace } from '../state/page.ts'
import { gatesOf, insideOf } from './machine-parts.ts'
import { PictureView } from './picture-view.tsx'

const WIDTH = 860
const ROW = 18

/**
 * The output of one part of the model: a row for each token, a cell for each number. `tensor`: its name in the trace. A
 * recurrence also shows its intermediate results, and experts their gates.
 */
export function PartPanel({ part, tensor }: { part: string; tensor: string | null }) {
  const { go } = usePage()
  if (tensor === null)
    throw new BadParameter('part', `The link asks for part “${part}”. This model has none of that name.`)
  const trace = useTrace(({ model }) => {
    const gates = gatesOf(part, model)
    return { tensors: [tensor, ...insideOf(part), ...(gates === null ? [] : [gates])] }
  })
  const picture = useMemo(() => trace && matrixOf(trace, tensor), [trace, tensor])
  const insides = useMemo(() => trace && insideOf(part).map((name) => matrixOf(trace, name)), [trace, part])
  const gates = useMemo(() => trace && gatesPicture(trace, gatesOf(part, trace.model)), [trace, part])
  if (!trace || !picture || !insides) return null
  const [rows, width] = trace.tensors[tensor].shape
  return (
    <section class="part" aria-labelledby="part-title">
      <h3 id="part-title">
        {tensor} <span class="shape">{`[${rows} × ${width}]`}</span>
      </h3>
      <button type="button" onClick={() => go({ part: undefined })}>
        Close
      </button>
      <PictureView picture={picture} fit="shrink" />
      {gates && (
        <div class="gates">
          <h4>{gates.title}</h4>
          <PictureView picture={gates} readout={({ gate }) => gate ?? null} fit="shrink" />
        </div>
      )}
      {insides.map((each) => (
        <div key={each.title}>
          <h4>{each.title}</h4>
          <PictureView picture={each} fit="shrink" />
        </div>
      ))}
    </section>
  )
}

/** The experts of each token. */
function gatesPicture(trace: Trace, name: string | null): Picture | null {
  if (name === null) return null
  const { shape, values } = trace.tensors[name]
  return expertGates({ title: name, tokens: rowsOf(trace, name), gates: values, experts: shape[1] })
}

/** The tokens to which the rows of a tensor belong. */
const rowsOf = (trace: Trace, name: string): Side =>
  name.startsWith('encoder') ? sideOf('source', shownTokens(trace.source)) : inputSide(trace)

function matrixOf(trace: Trace, name: string): Picture {
  const { shape, values } = trace.tensors[name]
  const [rows, columns] = shape
  const side = rowsOf(trace, name)
  const row = Math.max(8, Math.min(ROW, 900 / rows))
  const size = Math.min(12, 0.8 * row)
  const left = 12 + Math.min(140, Math.max(...side.tokens.map((token) => textWidth(token, size))))
  const box = { x: left + 8, y: 8, width: WIDTH - left - 16, height: rows * row }
  const heat = { rows, columns, values, scale: 'signed' } as const
  return {
    width: WIDTH,
    height: box.height + 48,
    title: name,
    description: `A row for each of ${rows} tokens, ${columns} numbers in each.`,
    content: [
      ...side.tokens.map((token, i) => {
        const text = label(fitted(token, 140, size), left, 8 + (i + 0.5) * row, { anchor: 'end', size })
        return { ...text, attributes: { ...text.attributes, 'data-token': side.marks[i] } }
      }),
      heatMap(heat, box, { asImage: true }),
      svg('rect', { ...box, fill: 'none', 'pointer-events': 'all', ...numberMarks({ tensor: name, rows, columns }) }),
      heatLegend(heat, box.x, box.y + box.height + 12, 160),
    ],
  }
}
