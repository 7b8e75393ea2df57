/** What is to be called when a signal fires, for each signal that requests wait on. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `call` when the signal fires; what is returned takes that back. However many requests share a signal, it has one listener:
 * of more than ten Node would warn as of a leak.
 */
export function onAbort(signal: AbortSignal, call: () => void): () => void {
  const calls = waiting.get(signal) ?? new Set()
  if (!calls.size) {
    waiting.set(signal, calls)
    signal.addEventListener('abort', callAll, { once: true })
  }
  calls.add(call)
  return () => {
    if (calls.delete(call) && !calls.size) signal.removeEventListener('abort', callAll)
  }
}

function callAll({ target }: Event): void {
  const calls = waiting.get(target as AbortSignal)!
  for (const call of calls) call()
}
