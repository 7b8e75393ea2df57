import { openSync, readSync } from 'node:fs'

/**
 * Loaded into a server (`--import`): tells its parent, for each message from it, the longest turn of the event loop
 * since the last one, in milliseconds of the main thread's own processor time. That of a busy machine's other programs,
 * and of the server's other threads, does not count.
 */
const file = openSync('/proc/self/schedstat', 'r')
const bytes = Buffer.alloc(128)

/** Milliseconds that the main thread has computed. */
function spent() {
  const length = readSync(file, bytes, 0, bytes.length, 0)
  return Number.parseInt(bytes.toString('latin1', 0, length), 10) / 1e6
}

let before = spent()
let longest = 0

function look() {
  const now = spent()
  longest = Math.max(longest, now - before)
  before = now
}

// A turn is what runs between two of these: the callbacks of timers, of sockets and of threads.
setInterval(() => setImmediate(look), 1).unref()
setInterval(look, 1).unref()

process.on('message', () => {
  look()
  process.send?.(longest)
  longest = 0
  before = spent()
})
process.channel?.unref()
