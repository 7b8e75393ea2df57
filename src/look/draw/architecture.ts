import { inPlaceOfAttention } from '../../base/looking-back.ts'
import { normPlace } from '../../base/norm-order.ts'
import { counted, whole } from '../../base/number-text.ts'
import { type Flow, type Part, stackParts, total } from './architecture-parts.ts'
import { type Picture, type SvgElement, svg } from './element.ts'
import { heatMap } from './heat-map.ts'
import { label, rounded } from './label.ts'
import type { ModelShape, StackShape } from './model-shape.ts'
import type { Side } from './side.ts'
import { fitted, textWidth } from './text-width.ts'

/** A matrix that flows out of a part, a row for each token. */
export interface FlowMatrix {
  rows: number
  width: number
  values: ArrayLike<number>
}

export interface Architecture {
  title: string
  model: ModelShape
  /** What goes in below the encoder, and below the decoder; without a sentence, shapes have letters for its lengths. */
  source?: Side
  inputs?: Side
  /** What comes out at the top. */
  outputs?: Side
  /** What part of this name gives, for its heat strip: 'encoder.0.selfAttention'. */
  strips?: Readonly<Record<string, FlowMatrix>>
}

const COLUMN = 484
const GUTTER = 80
const LEFT = 24
const WIDTH = 2 * LEFT + 2 * COLUMN + GUTTER + 8
const TOP = 40
const TOKEN = 22
const STRIP = { width: 84, height: 18 }
/** So many lines of tokens are shown; of more tokens how many there are. */
const MOST_LINES = 3

/**
 * The whole machine, as The Illustrated Transformer has it: tokens come in at the bottom, the encoder's stack on the left and the decoder's on
 * the right, whose every layer attends to what the encoder gives; words come out at the top. Every part carries `data-open`, its name in the
 * listing.
 */
export function architecture(drawing: Architecture): Picture {
  const { title, model, source, inputs, outputs, strips = {} } = drawing
  const flow: Flow = {
    source: source ? String(source.tokens.length) : 'S',
    target: inputs ? String(inputs.tokens.length) : 'T',
  }
  const stacks = [
    { parts: stackParts('encoder', model, flow), x: LEFT, tokens: source, name: 'ENCODER' },
    { parts: stackParts('decoder', model, flow), x: LEFT + COLUMN + GUTTER, tokens: inputs, name: 'DECODER' },
  ].map((stack) => ({ ...stack, rows: linesOf(stack.tokens) }))
  const above = linesOf(outputs).length * TOKEN + 12
  const tallest = Math.max(total(stacks[0].parts), total(stacks[1].parts) + above)
  const below = Math.max(...stacks.map(({ rows }) => rows.length)) * TOKEN
  const bottom = TOP + tallest
  const drawn = stacks.map(({ parts, x }) => placed(parts, x, bottom))
  const [encoder, decoder] = drawn
  const content = [
    ...drawn.flatMap((parts) => parts.flatMap((part) => partOf(part, strips))),
    ...stacks.flatMap(({ rows, x, name }, i) => [
      ...tokenLines(rows, x, bottom + 14),
      label(name, x + COLUMN / 2, drawn[i].at(-1)!.y - (i === 1 ? above + 14 : 20), {
        anchor: 'middle',
        size: 12,
        bold: true,
        color: 'var(--quiet)',
      }),
    ]),
    ...memoryArrows(encoder, decoder),
    ...tokenLines(linesOf(outputs), LEFT + COLUMN + GUTTER, decoder.at(-1)!.y - above + 2),
  ]
  return {
    width: WIDTH,
    height: bottom + below + 24,
    title,
    description:
      `An encoder of ${stackText(model.encoder)} and a decoder of ${stackText(model.decoder)}${lookingBack(model)}, ${model.dModel} wide, ` +
      `${model.norm.kind} ${normPlace(model.norm.order)} each sub-layer, positions: ${model.positions}.`,
    content,
  }
}

const lookingBack = ({ decoderSelfAttention = 'attention' }: ModelShape): string => {
  const words = inPlaceOfAttention[decoderSelfAttention]
  return words && ` and ${words}`
}

const stackText = ({ layers, heads, dHead, dFeedForward }: StackShape) =>
  `${counted(layers, 'layer')} of ${counted(heads, 'head')} × ${dHead} with feed-forward ${whole(dFeedForward)}`

interface PlacedPart extends Part {
  x: number
  /** Of the upper edge. */
  y: number
}

/** Parts from the bottom up. */
function placed(parts: readonly Part[], x: number, bottom: number): PlacedPart[] {
  let y = bottom
  return parts.map((part) => {
    y -= part.height
    return { ...part, x, y }
  })
}

function partOf(part: PlacedPart, strips: Readonly<Record<string, FlowMatrix>>): SvgElement[] {
  const { kind, x, y, height, name, text, detail } = part
  const middle = y + height / 2
  if (kind === 'arrow') return arrowOf(part)
  if (kind === 'frame') return frameOf(part)
  const box = { x: x + 34, y, width: COLUMN - 46, height, rx: 6 }
  const strip = name === undefined ? undefined : strips[name]
  const end = box.x + box.width - 8
  return [
    svg(
      'g',
      { ...(name !== undefined && { 'data-open': name }) },
      svg('rect', { ...box, fill: part.color!, 'fill-opacity': 0.13, stroke: part.color!, 'stroke-opacity': 0.6 }),
      label(text!, box.x + 10, middle, { size: 12, bold: kind === 'box' }),
      label(detail ?? '', strip ? end - STRIP.width - 8 : end, middle, {
        anchor: 'end',
        size: 11,
        color: 'var(--quiet)',
      }),
      ...(strip ? [stripOf(strip, end - STRIP.width, middle)] : []),
    ),
  ]
}

/** The matrix in so many columns, every nth of its own. */
function stripOf({ rows, width, values }: FlowMatrix, x: number, middle: number): SvgElement {
  const columns = Math.min(width, STRIP.width)
  const height = Math.min(STRIP.height, Math.max(8, 3 * rows))
  const box = { x, y: middle - height / 2, width: STRIP.width, height }
  const shown = Float32Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns]
    return values[row * width + Math.floor((column * width) / columns)]
  })
  return heatMap({ rows, columns, values: shown, scale: 'signed' }, box, { asImage: true })
}

function arrowOf({ x, y, height, text, around }: PlacedPart): SvgElement[] {
  const middle = x + COLUMN / 2 - 6
  const line = svg('path', {
    d: `M${middle} ${y + height}V${y + 1}m-3.5 5l3.5 -5l3.5 5`,
    stroke: 'var(--quiet)',
    fill: 'none',
  })
  const residual = around
    ? [
        svg('path', {
          d: `M${middle} ${y + height / 2 + 1}H${x + 22}V${rounded(y - around)}h12`,
          stroke: 'var(--quiet)',
          fill: 'none',
          'stroke-dasharray': '3 3',
        }),
      ]
    : []
  return [
    line,
    ...residual,
    ...(text ? [label(text, middle + 10, y + height / 2, { size: 10, color: 'var(--quiet)' })] : []),
  ]
}

/** The frame round a layer, whose parts stand above it in the list and lie within. */
function frameOf({ x, y, inner, text, name }: PlacedPart): SvgElement[] {
  const height = inner!
  return [
    svg('rect', {
      ...{ x: x + 8, y: y - height, width: COLUMN - 8, height, rx: 10 },
      ...{ fill: 'var(--soft)', stroke: 'var(--line)' },
      ...(name !== undefined && { 'data-open': name }),
    }),
    label(text!, x + COLUMN + 9, y - height / 2, { size: 11, color: 'var(--quiet)', anchor: 'middle', turned: -90 }),
  ]
}

/** From the top of the encoder into each cross-attention. */
function memoryArrows(encoder: readonly PlacedPart[], decoder: readonly PlacedPart[]): SvgElement[] {
  const top = encoder.at(-1)!
  const across = decoder.filter(({ name }) => name?.endsWith('crossAttention'))
  const turn = LEFT + COLUMN + GUTTER / 2 - 8
  const highest = Math.min(top.y, ...across.map(({ y, height }) => y + height / 2))
  const lowest = Math.max(top.y, ...across.map(({ y, height }) => y + height / 2))
  const start = LEFT + COLUMN / 2 - 6
  const ends = across.map(({ x, y, height }) => `M${turn} ${y + height / 2}H${x + 33}m-5 -3.5l5 3.5l-5 3.5`)
  return [
    svg('path', {
      d: `M${start} ${top.y + 2}V${top.y - 6}H${turn}M${turn} ${highest}V${lowest}M${turn} ${top.y - 6}V${top.y}${ends.join('')}`,
      stroke: 'var(--head0)',
      'stroke-width': 1.5,
      fill: 'none',
    }),
    label('K, V', turn, top.y - 16, { size: 11, color: 'var(--quiet)', anchor: 'middle' }),
  ]
}

interface TokenLabel {
  text: string
  mark: string | null
  x: number
}

/** Tokens in lines that are centered later. */
function linesOf(side: Side | undefined): TokenLabel[][] {
  if (!side) return []
  const lines: TokenLabel[][] = [[]]
  let x = 0
  for (const [i, token] of side.tokens.entries()) {
    const text = fitted(token, 140, 12)
    const width = textWidth(text, 12) + 8
    // On the last line there is room left to say how many there are in all.
    const rest = lines.length === MOST_LINES && i < side.tokens.length - 1 ? 80 : 0
    if (x + width + rest > COLUMN - 16 && x > 0) {
      if (lines.length === MOST_LINES) {
        lines.at(-1)!.push({ text: `… of ${side.tokens.length}`, mark: null, x })
        return lines
      }
      lines.push([])
      x = 0
    }
    lines.at(-1)!.push({ text, mark: side.marks[i], x })
    x += width
  }
  return lines
}

function tokenLines(lines: readonly TokenLabel[][], x: number, y: number): SvgElement[] {
  return lines.flatMap((line, i) => {
    const last = line.at(-1)
    const width = last ? last.x + textWidth(last.text, 12) : 0
    const left = x + Math.max(0, (COLUMN - 12 - width) / 2)
    return line.map(({ text, mark, x }) => {
      const element = label(text, left + x, y + (i + 0.5) * TOKEN, {
        size: 12,
        ...(mark === null && { color: 'var(--quiet)' }),
      })
      return mark === null ? element : { ...element, attributes: { ...element.attributes, 'data-token': mark } }
    })
  })
}
