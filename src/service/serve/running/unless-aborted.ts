import { aborted, onAbort } from '../../../workers/index.ts'

/** The result of a promise, unless the signal fires before. @throws GlassformerError ERR_ABORTED */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(aborted(signal))
  return new Promise((resolve, reject) => {
    const leave = onAbort(signal, () => reject(aborted(signal)))
    promise.then(resolve, reject).finally(leave)
  })
}
