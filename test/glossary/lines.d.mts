/** A term with a sentence that has it, and the sentence's translation with the term's. */
export interface GlossaryLine {
  source: string
  target: string
  sentence: string
  reference: string
}

/** 200 terms: a hundred that a model says by itself, and a hundred that it would say in another way. */
export function glossaryLines(): GlossaryLine[]
