/** Face of translate/parsing/: what other rooms use of parsing documents in threads. */
export type { OpenDocument } from './read-document.ts'
export { opened } from './read-document.ts'
export { readInThread } from './read-in-thread.ts'
export { readLargeBody } from './read-large-body.ts'
export { readTmx } from './read-tmx.ts'
