export { openFlac } from './frame.ts'
export { isFlac } from './stream-info.ts'
