/** For each signal, the callbacks of the requests that wait on it, and the one listener that runs them. */
const waiting = new WeakMap<AbortSignal, { calls: Set<() => void>; listener: () => void }>()

/**
 * Calls `call` when the signal fires; the returned function cancels that. A signal has one listener, however many
 * requests share it, because Node.js warns of a leak from eleven listeners on.
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
