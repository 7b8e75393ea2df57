import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import type { PositionKindName } from '../../../base/choices/position-kinds.ts'
import { hasSelfAttention } from '../../../base/choices/self-attention-kind.ts'
import { hasEncoder } from '../../../draw/model-shape.ts'
import { positions } from '../../../draw/positions.ts'
import { writeSinusoids } from '../../../engine/model/config/sinusoids.ts'
import type { TracedModel } from '../../../trace/data/trace.ts'
import { Choice, numbered } from '../parts/choice.tsx'
import { NumberTable } from '../parts/number-table.tsx'
import { PictureView } from '../parts/picture-view.tsx'
import type { View } from '../parts/view.ts'
import { useChoice, useInteger, usePage, useTrace } from '../state/page.ts'

/** The first is the article's example. */
const variants = ['timingSignal', 'interleaved', 'halves', 'model'] as const
type Variant = (typeof variants)[number]

const variantNames: Record<Variant, string> = {
  timingSignal: 'timing signal: all sines, then all cosines (Tensor2Tensor)',
  interleaved: 'interleaved: sine and cosine in turn (the paper)',
  halves: 'halves: the rates of the paper, all sines first (Marian)',
  model: 'what this model adds',
}

/** The maximum that is drawn quickly. */
const MOST_ROWS = 4096
const MOST_WIDTH = 4096
const MOST_CELLS = 1 << 21

const pictures = [
  { title: "The article's 20 × 512, in two halves", variant: 'timingSignal', rows: 20, width: 512 },
  { title: "The article's 10 × 64, interleaved", variant: 'interleaved', rows: 10, width: 64 },
  { title: 'Four dimensions, as numbers', variant: 'timingSignal', rows: 4, width: 4 },
] as const

function Positions() {
  const { address, go } = usePage()
  const variant = useChoice<Variant>('variant', variants)
  const rows = useInteger('rows', MOST_ROWS + 1, 20)
  const width = useInteger('width', MOST_WIDTH + 1, 512)
  return (
    <>
      <div class="controls">
        {pictures.map(({ title, ...parameters }) => (
          <button
            key={title}
            type="button"
            aria-pressed={variant === parameters.variant && rows === parameters.rows && width === parameters.width}
            onClick={() => go(parameters)}
          >
            {title}
          </button>
        ))}
      </div>
      <div class="controls">
        <label>
          Variant{' '}
          <select value={variant} onChange={(event) => go({ variant: event.currentTarget.value })}>
            {variants.map((each) => (
              <option key={each} value={each}>
                {variantNames[each]}
              </option>
            ))}
          </select>
        </label>
        {variant !== 'model' && (
          <>
            <Size name="rows" label="Positions" value={rows} most={MOST_ROWS} />
            <Size name="width" label="Width" value={width} most={MOST_WIDTH} />
          </>
        )}
      </div>
      {variant === 'model' ? (
        <OfModel key={address.parameters.model} />
      ) : rows * width > MOST_CELLS ? (
        <p>
          {rows} × {width} are more numbers than can be drawn here: choose fewer positions, or less width.
        </p>
      ) : (
        <Sinusoids variant={variant} rows={Math.max(1, rows)} width={Math.max(1, width)} />
      )}
    </>
  )
}

/** An input for a number; the address changes when the text is a valid number. */
function Size({ name, label, value, most }: { name: string; label: string; value: number; most: number }) {
  const { go } = usePage()
  return (
    <label>
      {label}{' '}
      <input
        type="number"
        min={1}
        max={most}
        value={value}
        onChange={({ currentTarget }) => {
          if (currentTarget.reportValidity() && currentTarget.value !== '') go({ [name]: currentTarget.value })
        }}
      />
    </label>
  )
}

function Sinusoids({ variant, rows, width }: { variant: Exclude<Variant, 'model'>; rows: number; width: number }) {
  const values = useMemo(() => {
    const table = new Float32Array(rows * width)
    writeSinusoids(variant, table, width)
    return table
  }, [variant, rows, width])
  const title = `Position encodings, ${variantNames[variant]}: ${rows} × ${width}`
  return <Table title={title} values={values} rows={rows} dimensions={width} />
}

/** The positions of the model itself. */
function OfModel() {
  const plain = useTrace()
  if (!plain) return null
  const { model } = plain
  const Own = ofModel[model.positions]
  return <Own model={model} />
}

const ofPositions =
  'This model has learned what it adds to the embedding at each position; the table is of all positions that it knows.'

const ofDistances =
  'This model adds nothing to its embeddings: every head has learned what each distance of key and query adds to their score (a column for each head). The first row is the farthest before the query, the middle one the query itself; far distances share one number.'

/** The sinusoids that it adds to this sentence. */
function Added({ model }: { model: TracedModel }) {
  const name = `${stacksOf(model)[0]}.positions`
  const trace = useTrace({ tensors: [name] })
  if (!trace) return null
  const { shape, values } = trace.tensors[name]
  return (
    <>
      <p class="quiet">
        This model adds sinusoids ({model.positions}) to its embeddings: those of the {shape[0]} tokens of the
        {hasEncoder(model) ? ' source' : ' text'}.
      </p>
      <Table title="Positions of this sentence" values={values} rows={shape[0]} dimensions={shape[1]} />
    </>
  )
}

const stacks = ['encoder', 'decoder'] as const
const stacksOf = (model: TracedModel) => stacks.filter((stack) => stack === 'decoder' || hasEncoder(model))
/** The stacks with relative positions. */
const attending = (model: TracedModel) => stacksOf(model).filter((stack) => hasSelfAttention(model, stack))

interface LearnedProps {
  /** The tensor in either stack. */
  what: string
  says: string
  isOfDistances?: boolean
  /** The stacks with a learned table. */
  of: readonly (typeof stacks)[number][]
}

/** The learned tables of encoder and decoder. */
function Learned({ what, says, isOfDistances = false, of }: LearnedProps) {
  const { go } = usePage()
  const stack = useChoice('stack', of)
  const name = `${stack}.${what}`
  const trace = useTrace({ tensors: [name] })
  const tensor = trace?.tensors[name]
  return (
    <>
      <p class="quiet">{says}</p>
      <div class="controls">
        <Choice
          legend="Of the"
          options={of.map((value) => ({ value, name: value }))}
          chosen={stack}
          onChoose={(stack) => go({ stack })}
        />
      </div>
      {tensor && (
        <Table
          title={`Learned by the ${stack}`}
          values={tensor.values}
          rows={tensor.shape[0]}
          dimensions={tensor.shape[1]}
          matrixOnly={isOfDistances}
        />
      )}
    </>
  )
}

const tables = ['relativeKeys', 'relativeValues'] as const

/** The terms that each distance of query and key adds to keys and values (Shaw et al. 2018), in one layer. */
function Relative({ model }: { model: TracedModel }) {
  const { go } = usePage()
  const own = attending(model)
  const stack = useChoice('stack', own)
  const layer = useInteger('layer', model[stack].layers)
  const of = useChoice('table', tables)
  const name = `${stack}.${layer}.selfAttention.${of}`
  const trace = useTrace({ tensors: [name] })
  const tensor = trace?.tensors[name]
  return (
    <>
      <p class="quiet">
        This model adds nothing to its embeddings: every self-attention has learned a vector for each distance of key
        and query, which it adds to keys and to values. The first row is the farthest before the query, the middle one
        the query itself.
      </p>
      <div class="controls">
        <Choice
          legend="Of the"
          options={own.map((value) => ({ value, name: value }))}
          chosen={stack}
          onChoose={(stack) => go({ stack, layer: undefined })}
        />
        <Choice
          legend="Layer"
          options={numbered(model[stack].layers)}
          chosen={layer}
          onChoose={(layer) => go({ layer })}
        />
        <Choice
          legend="Added to"
          options={[
            { value: 'relativeKeys', name: 'keys' },
            { value: 'relativeValues', name: 'values' },
          ]}
          chosen={of}
          onChoose={(table) => go({ table })}
        />
      </div>
      {tensor && (
        <Table
          title={`Learned distances, ${stack} layer ${layer}`}
          values={tensor.values}
          rows={tensor.shape[0]}
          dimensions={tensor.shape[1]}
          matrixOnly
        />
      )}
    </>
  )
}

interface TableProps {
  title: string
  values: Float32Array
  rows: number
  dimensions: number
  /** Omits the similarity of rows. */
  matrixOnly?: boolean
}

/** The picture, and its first numbers. */
function Table({ title, values, rows, dimensions, matrixOnly }: TableProps) {
  const picture = useMemo(
    () => positions({ title, values, rows, dimensions, matrixOnly }),
    [title, values, rows, dimensions, matrixOnly],
  )
  return (
    <>
      <PictureView picture={picture} fit="shrink" />
      <details class="numbers">
        <summary>The numbers of the first rows</summary>
        <NumberTable
          columns="dimension"
          rows={Array.from({ length: Math.min(rows, SHOWN.rows) }, (_, row) => ({
            name: String(row),
            values: values.subarray(row * dimensions, row * dimensions + Math.min(dimensions, SHOWN.dimensions)),
          }))}
        />
      </details>
    </>
  )
}

/** Queries of the first layer after their rotation. */
function Rotated({ model }: { model: TracedModel }) {
  const name = `${stacksOf(model)[0]}.0.selfAttention.query`
  const trace = useTrace({ tensors: [name] })
  if (!trace) return null
  const { shape, values } = trace.tensors[name]
  return (
    <>
      <p class="quiet">
        This model adds nothing to its embeddings: every self-attention turns each pair of numbers of its queries and
        keys by an angle that grows with the position, fast in the first pairs of a head and slowly in the last.
      </p>
      <Table title="Queries of the first layer, turned" values={values} rows={shape[0]} dimensions={shape[1]} />
    </>
  )
}

/** The content of the view for each kind of positions. */
const ofModel: Readonly<Record<PositionKindName, (shown: { model: TracedModel }) => ComponentChildren>> = {
  interleaved: Added,
  halves: Added,
  timingSignal: Added,
  learned: ({ model }) => <Learned what="positionTable" says={ofPositions} of={stacksOf(model)} />,
  relative: Relative,
  buckets: ({ model }) => (
    <Learned what="distanceBias.embedded" says={ofDistances} isOfDistances of={attending(model)} />
  ),
  rotary: Rotated,
  none: () => <p>This model is not told where a token stands, but for what its causal decoder sees.</p>,
}

/** Largest table of numbers that is shown. */
const SHOWN = { rows: 32, dimensions: 64 }

export const positionsView: View = {
  name: 'positions',
  title: 'Positions',
  note: 'The table that tells the model where a token stands: a row for each position, in color. The curve below says how alike two positions are by their distance. It is what goes into the model; how much use is made of it, the picture does not say.',
  Show: Positions,
}
