/** Face of decode/processors/: what other rooms use of logits processors. */
export type { LogitsProcessor } from './custom.ts'
export type { PrefixAllowed } from './prefix-allowed.ts'
export type { Times } from './times.ts'
