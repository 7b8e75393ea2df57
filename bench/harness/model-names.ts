/** The names that --models takes, and its default. */
export const modelNames = ['fr-en', 'base', 'big', 'opus-mt', 'nllb-600m', 'flan-t5-base', 'bart-large'] as const
export type ModelName = (typeof modelNames)[number]
export const usualModels: readonly ModelName[] = ['fr-en', 'base']
