import { numberName, numberNamed } from '../../../draw/marks/numbers.ts'
import type { Trace, TracedOrigin, TracedOriginRow } from '../../../trace/data/trace.ts'
import { BadParameter } from '../state/address.ts'
import { usePage, useTrace } from '../state/page.ts'
import { placeText } from './number-read.ts'
import { numberText } from './number-table.tsx'

/** The products of a sum that are listed, largest first. */
const LISTED = 8

/** How a number follows from its parts, by the rule of its origin. */
const formulas: Readonly<Record<TracedOrigin['rule'], string>> = {
  linear: 'row × column: the products below add up; then come bias and residual',
  weightedSum: 'each value times its weight, added up',
  scores: 'q · k: the query times the key, number by number, added up',
  scaled: 'the score times the scale',
  mask: 'the scaled score, or −∞ where the query may not look',
  softmax: 'e^(score − highest) / powers',
  norm: '(x − mean) / deviation × gain + bias',
  sum: 'the parts added up',
  embedding: 'a number of the table of embeddings, times the scale',
  position: 'what its position adds',
  learned: 'a weight: training has found it',
  other: 'this operation is not followed further',
}

/** Where the number of the address comes from; each number in it can be followed in turn. */
export function NumberOrigin() {
  const { address } = usePage()
  const { number } = address.parameters
  return number === undefined ? null : <OriginOf name={number} />
}

function OriginOf({ name }: { name: string }) {
  const { go } = usePage()
  const asked = numberNamed(name)
  if (!asked) throw new BadParameter('number', `The link asks for number “${name}”, which is none.`)
  const trace = useTrace({ origin: asked })
  const origin = trace?.origins?.[0]
  if (!trace || !origin) return null
  const { tensor, at, value, rule, left, right, parts, activation } = origin
  return (
    <section class="part" aria-labelledby="origin-title">
      <h3 id="origin-title">
        {placeText(trace, { tensor, at })} = {numberText(value)}
      </h3>
      <button type="button" onClick={() => go({ number: undefined })}>
        Close
      </button>
      <p class="why">
        {formulas[rule]}
        {activation && `, through ${activation}`}.
      </p>
      {left && right && <Products trace={trace} left={left} right={right} />}
      {parts.map((part) => (
        <p key={part.name} class="quiet">
          {part.name}: <Follow {...part} />
        </p>
      ))}
    </section>
  )
}

/** A number that can be followed where it lies in a tensor. */
function Follow({ value, tensor, at }: { value: number; tensor?: string; at?: readonly number[] }) {
  const { go } = usePage()
  if (tensor === undefined || !at) return <b>{numberText(value)}</b>
  return (
    <button type="button" onClick={() => go({ number: numberName(tensor, at) })}>
      {numberText(value)}
    </button>
  )
}

function Products({ trace, left, right }: { trace: Trace; left: TracedOriginRow; right: TracedOriginRow }) {
  const products = left.values.map((value, i) => value * right.values[i])
  const sum = products.reduce((total, product) => total + product, 0)
  const largest = products.map((_, i) => i).sort((a, b) => Math.abs(products[b]) - Math.abs(products[a]))
  const rest = largest.slice(LISTED).reduce((total, i) => total + products[i], 0)
  const cell = ({ tensor, at, from, values }: TracedOriginRow, i: number) => (
    <Follow value={values[i]} tensor={tensor} at={at.map((each) => each ?? from + i)} />
  )
  const nameOf = ({ name, at, from }: TracedOriginRow) =>
    placeText(trace, { tensor: name, at: at.map((each) => each ?? from) }).replace(/, column \d+$/, '')
  return (
    <table class="results">
      <thead>
        <tr>
          <th scope="col">of {products.length}</th>
          <th scope="col">{nameOf(left)}</th>
          <th scope="col">{nameOf(right)}</th>
          <th scope="col">product</th>
        </tr>
      </thead>
      <tbody>
        {largest.slice(0, LISTED).map((i) => (
          <tr key={i}>
            <td>{i}</td>
            <td>{cell(left, i)}</td>
            <td>{cell(right, i)}</td>
            <td>{numberText(products[i])}</td>
          </tr>
        ))}
        <tr>
          <td colSpan={3}>{products.length > LISTED ? `the others ${numberText(rest)}; ` : ''}sum</td>
          <td>
            <b>{numberText(sum)}</b>
          </td>
        </tr>
      </tbody>
    </table>
  )
}
