import { present } from '../../../base/present.ts'
import type { Spec } from '../hub/spec.ts'
import { readTemplate } from '../hub/template.ts'

/** An element around one text or two: an id, or a text; and its segment. */
export interface TypedPlace {
  place: number | 'first' | 'second'
  type: number
}

export interface TypedTemplate {
  single: readonly TypedPlace[]
  pair: readonly TypedPlace[]
  /** Offsets leave out the white space at the ends of tokens. */
  trimsOffsets: boolean
}

/** The template of a post-processor, with the segment of each element. */
export function readTypedTemplate(spec: Spec | null): TypedTemplate {
  const { single, pair } = readTemplate(spec)
  const types = spec && typesOf(spec)
  const typed = (places: readonly (number | 'first' | 'second')[], own: readonly number[] | undefined) =>
    places.map((place, i) => ({ place, type: own?.[i] ?? 0 }))
  return {
    single: typed(single, types?.single),
    pair: typed(pair, types?.pair ?? (spec?.type === 'BertProcessing' ? [0, 0, 0, 1, 1] : undefined)),
    trimsOffsets: spec !== null && trims(spec),
  }
}

function typesOf(spec: Spec): { single: number[]; pair: number[] } | null {
  if (spec.type === 'Sequence') {
    for (const processor of spec.parts('processors')) {
      const found = typesOf(processor)
      if (found) return found
    }
    return null
  }
  if (spec.type !== 'TemplateProcessing') return null
  const of = (name: string) =>
    spec.parts(name).map((piece) => present(piece.part('Sequence') ?? piece.part('SpecialToken')).natural('type_id', 0))
  return { single: of('single'), pair: of('pair') }
}

function trims(spec: Spec): boolean {
  if (spec.type === 'Sequence') return spec.parts('processors').some(trims)
  return (spec.type === 'RobertaProcessing' || spec.type === 'ByteLevel') && spec.flag('trim_offsets', true)
}
