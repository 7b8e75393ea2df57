/** Of each signal that requests wait on: what is to be called when it fires, and its one listener, which calls that. */
const waiting = new WeakMap<AbortSignal, { calls: Set<() => void>; listener: () => void }>()

/**
 * Calls `call` when the signal fires; what is returned takes that back. However many requests share a signal, it has one listener:
 * of more than ten Node would warn as of a leak.
 */
export function onAbort(signal: AbortSignal, call: () => void): () => void {
  const { calls, listener } = waitingOn(signal)
  if (!calls.size) signal.addEventListener('abort', listener)
  calls.add(call)
  return () => {
    if (calls.delete(call) && !calls.size) signal.removeEventListener('abort', listener)
  }
}

function waitingOn(signal: AbortSignal) {
  const before = waiting.get(signal)
  if (before) return before
  const calls = new Set<() => void>()
  const entry = {
    calls,
    listener() {
      signal.removeEventListener('abort', entry.listener) // not every library knows `once`
      const due = [...calls]
      calls.clear()
      for (const call of due) call()
    },
  }
  waiting.set(signal, entry)
  return entry
}
