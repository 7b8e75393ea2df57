import type { Spec } from './spec.ts'

/** An element of a template: an id, or the first or second text. */
export type Place = number | 'first' | 'second'

/** The templates for one text, and for two. */
export interface Template {
  single: readonly Place[]
  pair: readonly Place[]
}

/** A template without additions. */
export const bare: Template = { single: ['first'], pair: ['first', 'second'] }

/** A template with the end token after one text, and after two. */
export const endedBy = (end: number): Template => ({
  single: ['first', end],
  pair: ['first', 'second', end],
})

/** The ids of one text or two in a template. */
export function filled(template: Template, first: readonly number[], second?: readonly number[]): number[] {
  return (second === undefined ? template.single : template.pair).flatMap((place) =>
    place === 'first' ? [...first] : place === 'second' ? [...(second ?? [])] : [place],
  )
}

/**
 * The number of ids to keep of each text so that all ids, with the template, are at most `most` (the longest text is
 * cut first).
 */
export function fitting(template: Template, most: number, first: number, second?: number): [number, number] {
  const places = second === undefined ? template.single : template.pair
  const room = Math.max(0, most - places.filter((place) => typeof place === 'number').length)
  if (second === undefined) return [Math.min(first, room), 0]
  if (first + second <= room) return [first, second]
  const shorter = Math.min(first, second)
  const kept = Math.max(shorter, room - shorter)
  const [small, large] = shorter + kept > room ? [room >> 1, (room >> 1) + (room % 2)] : [shorter, kept]
  return first <= second ? [small, large] : [large, small]
}

/** The template of a post-processor. */
export function readTemplate(spec: Spec | null): Template {
  if (spec === null) return bare
  switch (spec.type) {
    case 'TemplateProcessing':
      return { single: places(spec, 'single'), pair: places(spec, 'pair') }
    case 'RobertaProcessing': {
      const [begin, end] = [idOf(spec, 'cls'), idOf(spec, 'sep')]
      return { single: [begin, 'first', end], pair: [begin, 'first', end, end, 'second', end] }
    }
    case 'BertProcessing': {
      const [begin, end] = [idOf(spec, 'cls'), idOf(spec, 'sep')]
      return { single: [begin, 'first', end], pair: [begin, 'first', end, 'second', end] }
    }
    case 'ByteLevel':
      return bare
    case 'Sequence':
      return spec
        .parts('processors')
        .map(readTemplate)
        .reduce((so_far, template) => (template === bare ? so_far : template), bare)
    default:
      throw spec.unsupported(['TemplateProcessing', 'RobertaProcessing', 'BertProcessing', 'ByteLevel', 'Sequence'])
  }
}

function places(spec: Spec, name: string): Place[] {
  return spec.parts(name).flatMap((piece): Place[] => {
    const sequence = piece.part('Sequence')
    if (sequence) return [sequence.text('id') === 'B' ? 'second' : 'first']
    const token = piece.part('SpecialToken')
    if (!token) throw piece.damaged('it must be a Sequence or a SpecialToken')
    const ids = spec.part('special_tokens')?.part(token.text('id'))?.list('ids')
    if (!ids?.every((id) => Number.isSafeInteger(id) && (id as number) >= 0))
      throw spec.damaged(`special_tokens does not say the ids of '${token.text('id')}'`)
    return ids as number[]
  })
}

/** The id of `["</s>", 2]`. */
function idOf(spec: Spec, name: string): number {
  const [, id] = spec.list(name)
  if (!Number.isSafeInteger(id) || (id as number) < 0) throw spec.wrong(name, 'a token and its id')
  return id as number
}
