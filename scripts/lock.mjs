/** A lock that one process of this machine holds at a time: a file with its process id. */
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Age after which a lock is stale, even where another process now has its owner's id. The owner touches it once a
 * minute.
 */
const OLD = 30 * 60_000

/**
 * Waits until the lock is free or its owner has ended; `waiting` is called once if it is not free. Returns the function
 * that releases it; the end of the process also releases it. Throws the system's error where the file cannot be
 * written.
 */
export async function takeLock(path, waiting) {
  mkdirSync(dirname(path), { recursive: true })
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' })
      return held(path)
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (ownerIsGone(path)) rmSync(path, { force: true })
    else if (!waited) waiting()
    await sleep(250) // others that see a stale lock also remove it, before one of them takes it
  }
}

function held(path) {
  const remove = () => rmSync(path, { force: true })
  const touch = () => {
    try {
      utimesSync(path, new Date(), new Date())
    } catch {
      // The lock was removed by hand, so it needs no update.
    }
  }
  const touching = setInterval(touch, 60_000)
  touching.unref()
  process.once('exit', remove)
  return () => {
    clearInterval(touching)
    process.off('exit', remove)
    remove()
  }
}

function ownerIsGone(path) {
  try {
    const age = Date.now() - statSync(path).mtimeMs
    if (age > OLD) return true
    const owner = Number(readFileSync(path, 'utf8'))
    if (!owner) return age > 1000 // a full disk or a power loss has left it empty; or it is being written
    if (owner === process.pid) return true // of an earlier container, which used the same process ids
    process.kill(owner, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}
