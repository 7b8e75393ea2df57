import { useRef } from 'preact/hooks'
import { hasSelfAttention, inPlaceOfAttention, selfAttentionKindOf } from '../../../base/choices/self-attention-kind.ts'
import { present } from '../../../base/present.ts'
import { headColor } from '../../../draw/marks/palette.ts'
import { hasEncoder } from '../../../draw/model-shape.ts'
import type { TracedModel } from '../../../trace/data/trace.ts'
import { type AttentionKind, attentionKinds } from '../../../trace/figure/attention.ts'
import { BadParameter } from '../state/address.ts'
import { useChoice, useInteger, usePage } from '../state/page.ts'
import { Choice, numbered } from './choice.tsx'

export const kindNames: Record<AttentionKind, string> = {
  encoder: 'Encoder self-attention',
  decoder: 'Decoder self-attention',
  cross: 'Encoder-decoder attention',
}

/** The kind and layer that a path in the listing names; null: not an attention. */
export function attentionOf(path: string): { kind: AttentionKind; layer: number } | null {
  const [, side, layer, what] = /^(encoder|decoder)\.(\d+)\.(selfAttention|crossAttention)\b/.exec(path) ?? []
  if (side === undefined) return null
  return { kind: what === 'crossAttention' ? 'cross' : (side as AttentionKind), layer: Number(layer) }
}

const stacks = ['encoder', 'decoder'] as const

/** The attention that the address names by `kind` and `layer`; by default cross-attention of the last layer. */
export function useAttention(model: TracedModel): { kind: AttentionKind; layer: number } {
  const kind = useKind(model)
  const layers = layersOf(model, kind)
  return { kind, layer: useInteger('layer', layers, layers - 1) }
}

export const useKind = (model: TracedModel): AttentionKind =>
  useChoice('kind', attentionKindsOf(model), hasEncoder(model) ? 'cross' : 'decoder')

/** The kinds of attention in a model. */
export const attentionKindsOf = (model: TracedModel): AttentionKind[] =>
  attentionKinds.filter((kind) =>
    kind === 'cross' ? hasEncoder(model) : hasSelfAttention(model, kind) && (kind === 'decoder' || hasEncoder(model)),
  )

export const layersOf = (model: TracedModel, kind: AttentionKind): number =>
  (kind === 'encoder' ? model.encoder : model.decoder).layers

export const headCountOf = (model: TracedModel, kind: AttentionKind): number =>
  (kind === 'encoder' ? model.encoder : model.decoder).heads

export function KindChoice({ model }: { model: TracedModel }) {
  const { go, address } = usePage()
  const kinds = attentionKindsOf(model)
  const options = kinds.map((value) => ({ value, name: kindNames[value] }))
  const choose = (kind: AttentionKind) => {
    const { layer: chosen } = address.parameters
    const layer = chosen === undefined ? undefined : Math.min(Number(chosen), layersOf(model, kind) - 1)
    const heads = headCountOf(model, kind)
    const fits = (address.parameters.heads ?? '').split(',').every((head) => Number(head) < heads)
    const hasHead = Number(address.parameters.head ?? 0) < heads
    go({ kind, layer, query: undefined, ...(!fits && { heads: undefined }), ...(!hasHead && { head: undefined }) })
  }
  const others = stacks.filter((stack) => !hasSelfAttention(model, stack))
  return (
    <>
      <Choice legend="Attention" options={options} chosen={useKind(model)} onChoose={choose} />
      {others.map((stack) => (
        <p class="quiet" key={stack}>
          The {stack} has {inPlaceOfAttention[selfAttentionKindOf(model, stack)]}: the whole machine shows it.
        </p>
      ))}
    </>
  )
}

export function LayerChoice({ model }: { model: TracedModel }) {
  const { go } = usePage()
  const { kind, layer } = useAttention(model)
  const { compressed } = model.decoder
  const isCompressed = kind === 'decoder' && compressed?.layers.includes(layer)
  return (
    <>
      <Choice
        legend="Layer"
        options={numbered(layersOf(model, kind))}
        chosen={layer}
        onChoose={(layer) => go({ layer })}
      />
      {isCompressed && (
        <p class="quiet">
          A key of this layer is a row of compressed memory: the first token, or {present(compressed).factor} tokens, of
          which it stands at the last.
        </p>
      )}
    </>
  )
}

/** The heads that the address names, `heads=0,2`, `heads=none` or `head=1`; by default all. @throws BadParameter */
export function useHeads(count: number): number[] {
  const { head, heads: text = head } = usePage().address.parameters
  if (text === undefined) return Array.from({ length: count }, (_, head) => head)
  if (text === 'none') return []
  return text.split(',').map((part) => {
    if (/^\d{1,4}$/.test(part) && Number(part) < count) return Number(part)
    throw new BadParameter('heads', `The link asks for head “${part}”. Here heads go from 0 to ${count - 1}.`)
  })
}

/** A button in the color of each head. A click shows or hides it, a double click shows it alone, or all again. */
export function HeadToggles({ count }: { count: number }) {
  const { slide } = usePage()
  const shown = useHeads(count)
  const show = (heads: readonly number[]) =>
    slide(heads.length === count ? { heads: undefined, head: undefined } : { heads: heads.join(',') || 'none' })
  const all = Array.from({ length: count }, (_, head) => head)
  // The heads shown before a double click, whose first click has already toggled one.
  const before = useRef(shown)
  const toggle = (head: number) => {
    before.current = shown
    show(all.filter((each) => (each === head) !== shown.includes(each)))
  }
  const solo = (head: number, from: readonly number[]) => show(from.length === 1 && from[0] === head ? all : [head])
  return (
    <fieldset class="head-toggles">
      <legend>Heads</legend>
      {all.map((head) => (
        <button
          type="button"
          key={head}
          data-head={head}
          aria-pressed={shown.includes(head)}
          aria-label={`Head ${head}`}
          title="Click: show or hide. Double-click, or Shift and Enter: this head alone."
          // Set as a style property: the page's policy would refuse a style attribute.
          style={{ '--head': headColor(head) }}
          onClick={(event) => event.detail < 2 && toggle(head)}
          onDblClick={() => solo(head, before.current)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !event.shiftKey) return
            event.preventDefault()
            solo(head, shown)
          }}
        >
          {head}
        </button>
      ))}
      <button type="button" disabled={shown.length === count} onClick={() => show(all)}>
        all
      </button>
    </fieldset>
  )
}
