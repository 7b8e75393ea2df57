/** Face of decode/drafts/: what other rooms use of drafts. */

export type { DraftingModel } from '../step/draft.ts'
export { Assistant } from './assistant.ts'
export { draftOf } from './draft-of.ts'
export { Drafting } from './drafting.ts'
