import { normPlace } from '../base/choices/norm-order.ts'
import { hasFeedForward, inPlaceOfAttention, selfAttentionKindOf } from '../base/choices/self-attention-kind.ts'
import { lastOf, present } from '../base/present.ts'
import { counted, whole } from '../base/values/number-text.ts'
import { type Flow, type Part, stackParts, total } from './architecture-parts.ts'
import { drawnTokens, heightOf, tokenLines } from './architecture-tokens.ts'
import { type Picture, type SvgElement, svg } from './marks/element.ts'
import { heatMap } from './marks/heat-map.ts'
import { label, rounded } from './marks/label.ts'
import type { Side } from './marks/side.ts'
import { hasEncoder, type ModelShape } from './model-shape.ts'

/** The output matrix of a part, with a row for each token. */
export interface FlowMatrix {
  rows: number
  width: number
  values: ArrayLike<number>
}

export interface Architecture {
  title: string
  model: ModelShape
  /** The inputs below the encoder and below the decoder; without a sentence, shapes have letters for lengths. */
  source?: Side
  inputs?: Side
  /** The output words at the top. */
  outputs?: Side
  /** The output of the part with this name, for its heat strip: 'encoder.0.selfAttention'. */
  strips?: Readonly<Record<string, FlowMatrix>>
  /** Whether the decoder is above the encoder, as on narrow screens. */
  isStacked?: boolean
}

/** The positions and widths of the stacks. */
interface Layout {
  column: number
  /** The left edge of each stack. */
  encoder: number
  decoder: number
  /** The position where the line from the encoder's output turns up or down to the decoder's layers. */
  turn: number
  width: number
  isStacked: boolean
}

const side: Layout = { column: 484, encoder: 24, decoder: 588, turn: 540, width: 1104, isStacked: false }
const stacked: Layout = { column: 352, encoder: 4, decoder: 4, turn: 384, width: 394, isStacked: true }
/** A decoder without an encoder. */
const alone: Layout = { ...side, decoder: 24, width: 540 }
const narrowAlone: Layout = { ...stacked, isStacked: true }
const TOP = 40
const STRIP = { width: 84, height: 18 }

/**
 * The whole model as drawn in The Illustrated Transformer: tokens enter at the bottom, the encoder's stack is on the
 * left and the decoder's on the right, and each decoder layer attends to the encoder's output; words leave at the top.
 * Every part carries `data-open` with its name in the listing.
 */
export function architecture(drawing: Architecture): Picture {
  const { title, model, source, inputs, outputs, strips = {}, isStacked = false } = drawing
  const layout = !hasEncoder(model) ? (isStacked ? narrowAlone : alone) : isStacked ? stacked : side
  const { column } = layout
  const flow: Flow = {
    source: source ? String(source.tokens.length) : 'S',
    target: inputs ? String(inputs.tokens.length) : 'T',
  }
  const decoderParts = stackParts('decoder', model, flow)
  if (!hasEncoder(model)) return decoderAlone(drawing, decoderParts, layout)
  const encoderParts = stackParts('encoder', model, flow)
  const [read, written, said] = [source, inputs, outputs].map((tokens) => tokenLines(tokens, column - 16))
  const above = heightOf(said) + 12
  const decoderHeight = above + total(decoderParts)
  const tallest = Math.max(total(encoderParts), decoderHeight)
  const decoderBottom = TOP + (isStacked ? decoderHeight : tallest)
  const encoderBottom = isStacked ? decoderBottom + heightOf(written) + 58 + total(encoderParts) : decoderBottom
  const encoder = placed(encoderParts, layout.encoder, encoderBottom)
  const decoder = placed(decoderParts, layout.decoder, decoderBottom)
  const below = isStacked ? heightOf(read) : Math.max(heightOf(read), heightOf(written))
  const [encoderTop, decoderTop] = [lastOf(encoder).y, lastOf(decoder).y - above]
  const name = nameIn(column)
  const content = [
    ...[...encoder, ...decoder].flatMap((part) => partOf(part, strips, layout)),
    ...drawnTokens(read, layout.encoder, encoderBottom + 14, column),
    name('ENCODER', layout.encoder, encoderTop - 20),
    ...drawnTokens(written, layout.decoder, decoderBottom + 14, column),
    name('DECODER', layout.decoder, decoderTop - 14),
    ...memoryArrows(encoder, decoder, layout),
    ...drawnTokens(said, layout.decoder, decoderTop + 2, column),
  ]
  return {
    width: layout.width,
    height: encoderBottom + below + 24,
    title,
    description:
      `An encoder of ${stackText(model, 'encoder')} and a decoder of ${stackText(model, 'decoder')}, ${model.dModel} wide, ` +
      `${model.norm.kind} ${normPlace(model.norm.order)} each sub-layer, positions: ${model.positions}.`,
    content,
  }
}

const nameIn = (column: number) => (text: string, x: number, y: number) =>
  label(text, x + column / 2, y, { anchor: 'middle', size: 12, bold: true, color: 'var(--quiet)' })

/** A decoder alone: all tokens enter at the bottom, and the next of each leaves at the top. */
function decoderAlone(
  { title, model, inputs, outputs, strips = {} }: Architecture,
  parts: readonly Part[],
  layout: Layout,
): Picture {
  const { column } = layout
  const [written, said] = [inputs, outputs].map((tokens) => tokenLines(tokens, column - 16))
  const above = heightOf(said) + 12
  const bottom = TOP + above + total(parts)
  const decoder = placed(parts, layout.decoder, bottom)
  const top = lastOf(decoder).y - above
  return {
    width: layout.width,
    height: bottom + heightOf(written) + 24,
    title,
    description:
      `A decoder of ${stackText(model, 'decoder')} without an encoder, ${model.dModel} wide, ` +
      `${model.norm.kind} ${normPlace(model.norm.order)} each sub-layer, positions: ${model.positions}.`,
    content: [
      ...decoder.flatMap((part) => partOf(part, strips, layout)),
      ...drawnTokens(written, layout.decoder, bottom + 14, column),
      nameIn(column)('DECODER', layout.decoder, top - 14),
      ...drawnTokens(said, layout.decoder, top + 2, column),
    ],
  }
}

function stackText(model: ModelShape, stack: 'encoder' | 'decoder'): string {
  const { layers, heads, dHead, dFeedForward } = model[stack]
  const words = inPlaceOfAttention[selfAttentionKindOf(model, stack)]
  const inner = hasFeedForward(model, stack) ? ` with feed-forward ${whole(dFeedForward)}` : ''
  return `${counted(layers, 'layer')} of ${counted(heads, 'head')} × ${dHead}${inner}${words && ` and ${words}`}`
}

interface PlacedPart extends Part {
  x: number
  /** Offset of the upper edge. */
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

function partOf(part: PlacedPart, strips: Readonly<Record<string, FlowMatrix>>, layout: Layout): SvgElement[] {
  const { kind, x, y, height, name, text, detail } = part
  const middle = y + height / 2
  if (kind === 'arrow') return arrowOf(part, layout)
  if (kind === 'frame') return frameOf(part, layout)
  const box = { x: x + 34, y, width: layout.column - 46, height, rx: 6 }
  const strip = name === undefined ? undefined : strips[name]
  const end = box.x + box.width - 8
  const quiet = { size: 11, color: 'var(--quiet)' } as const
  // In a narrow box the detail is below the name.
  const isBelow = layout.isStacked && kind === 'box' && detail !== undefined
  return [
    svg(
      'g',
      { ...(name !== undefined && { 'data-open': name }) },
      svg('rect', {
        ...box,
        fill: present(part.color),
        'fill-opacity': 0.13,
        stroke: present(part.color),
        'stroke-opacity': 0.6,
      }),
      label(present(text), box.x + 10, isBelow ? middle - 7 : middle, { size: 12, bold: kind === 'box' }),
      isBelow
        ? label(detail, box.x + 10, middle + 7, quiet)
        : label(detail ?? '', strip ? end - STRIP.width - 8 : end, middle, { ...quiet, anchor: 'end' }),
      ...(strip ? [stripOf(strip, end - STRIP.width, middle)] : []),
    ),
  ]
}

/** The matrix in this many columns, every nth of its own. */
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

function arrowOf({ x, y, height, text, around }: PlacedPart, { column }: Layout): SvgElement[] {
  const middle = x + column / 2 - 6
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

/** The frame around a layer, whose parts follow it in the list and are drawn above it. */
function frameOf({ x, y, inner, text, name }: PlacedPart, { column, isStacked }: Layout): SvgElement[] {
  const height = present(inner)
  return [
    svg('rect', {
      x: x + 8,
      y: y - height,
      width: column - 8,
      height,
      rx: 10,
      fill: 'var(--soft)',
      stroke: 'var(--line)',
      ...(name !== undefined && { 'data-open': name }),
    }),
    label(present(text), isStacked ? x + 1 : x + column + 9, y - height / 2, {
      size: 11,
      color: 'var(--quiet)',
      anchor: 'middle',
      turned: -90,
    }),
  ]
}

/**
 * From the top of the encoder into each cross-attention: from the left where the stacks are side by side, and from the
 * right where the decoder is above.
 */
function memoryArrows(encoder: readonly PlacedPart[], decoder: readonly PlacedPart[], layout: Layout): SvgElement[] {
  const { column, turn, isStacked } = layout
  const top = lastOf(encoder)
  const across = decoder.filter(({ name }) => name?.endsWith('crossAttention'))
  const middles = across.map(({ y, height }) => y + height / 2)
  const highest = Math.min(top.y, ...middles)
  const lowest = Math.max(top.y, ...middles)
  const start = layout.encoder + column / 2 - 6
  const ends = middles.map((y) =>
    isStacked
      ? `M${turn} ${y}H${layout.decoder + column - 11}m5 -3.5l-5 3.5l5 3.5`
      : `M${turn} ${y}H${layout.decoder + 33}m-5 -3.5l5 3.5l-5 3.5`,
  )
  return [
    svg('path', {
      d: `M${start} ${top.y + 2}V${top.y - 6}H${turn}M${turn} ${highest}V${isStacked ? top.y - 6 : lowest}M${turn} ${top.y - 6}V${top.y}${ends.join('')}`,
      stroke: 'var(--head0)',
      'stroke-width': 1.5,
      fill: 'none',
    }),
    label('K, V', isStacked ? turn - 8 : turn, top.y - 16, { size: 11, color: 'var(--quiet)', anchor: 'middle' }),
  ]
}
