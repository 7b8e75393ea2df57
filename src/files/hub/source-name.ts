/** Where models have names of the form source/pair. */
export const modelSources = ['firefox', 'argos', 'opus-mt'] as const
export type ModelSource = (typeof modelSources)[number]

/** The parts of a name such as `firefox/fr-en/base-memory`. */
export interface SourceName {
  source: ModelSource
  from: string
  to: string
  /** An architecture of Firefox's, or a version of Argos's; undefined: the best. */
  variant?: string
}

const LANGUAGE = '[A-Za-z]{2,3}(?:[_-][A-Za-z0-9]{2,8})*?'
const NAME = new RegExp(`^(${modelSources.join('|')})/(${LANGUAGE})-(${LANGUAGE})(?:/([a-z0-9][a-z0-9._-]{0,39}))?$`)

/** The parts of a name; null for any other text, a name of the hub for instance. */
export function sourceName(text: string): SourceName | null {
  const [, source, from, to, variant] = NAME.exec(text) ?? []
  if (source === undefined || variant?.includes('..') || (source === 'opus-mt' && variant !== undefined)) return null
  return { source: source as ModelSource, from, to, ...(variant !== undefined && { variant }) }
}

/** The names on the hub of the model of a pair, in order of trial. */
export const opusNames = ({ from, to }: SourceName): string[] =>
  ['opus-mt', 'opus-mt-tc-big'].map((kind) => `Helsinki-NLP/${kind}-${from}-${to}`)
