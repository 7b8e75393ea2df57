/** Face of decode/processors/: what other rooms use of logits processors. */

export type { PrefixAllowed } from './allowed-tokens.ts'
export type { LogitsProcessor } from './custom.ts'
export type { Times } from './times.ts'
