/** A lock that one process of this machine holds at a time: a file with its number. */
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A lock this old is nobody's, even where a process has its owner's number. The owner touches it once a minute. */
const OLD = 30 * 60_000

/**
 * Waits until the lock is free, or its owner gone; `waiting` is called once if it is not. Returns the function that releases it; the end of
 * the process does so too. Throws the system's error where nothing can be written.
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
    await sleep(250) // others that see a lock left behind remove it too, before one of all takes it
  }
}

function held(path) {
  const remove = () => rmSync(path, { force: true })
  const touch = () => {
    try {
      utimesSync(path, new Date(), new Date())
    } catch {
      // It has been removed by hand: there is nothing to keep young.
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
    if (!owner) return age > 1000 // a disk that was full, or lost power, has left it empty; or it is being written
    if (owner === process.pid) return true // of a container before this one, which gave out the same numbers
    process.kill(owner, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}
