export { openFlac } from './flac.ts'
export { isFlac } from './stream-info.ts'
