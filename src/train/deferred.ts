import type { train as trainNow } from './train.ts'

/** `train` of train.ts, which is loaded when it is called first: who only translates does not wait for it. */
export const train: typeof trainNow = async (...given) => (await import('./train.ts')).train(...given)
