/** Face of decode/drafts/: what other rooms use of drafts. */
export { Assistant } from './assistant.ts'
export type { DraftingModel } from './draft.ts'
export { draftOf } from './draft-of.ts'
export { Drafting } from './drafting.ts'
