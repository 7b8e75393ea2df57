/**
 * Whether the process of a container is healthy: node healthcheck.mjs URL. Exits with 0 where the URL answers well, else with 1. Docker only
 * notes that a container is unhealthy; so a process that was healthy once, and has not been for a minute, is killed, and the container's
 * restart policy starts it anew.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/** Milliseconds within which the URL has to answer, and without an answer until the process is killed. */
const ANSWER = 5000
const PATIENCE = 60_000

/** The file that is written at each good answer. /tmp is empty when a container starts. */
const MARK = '/tmp/glassformer-healthy'

/** The processes that the first one of the container has started: with `init`, ours. */
function children(pid) {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1).split(' ')[1] === pid
    } catch {
      return false // it has ended meanwhile
    }
  })
}

/**
 * One look: whether the URL answers well. `parent` is the process whose children are killed where it has not for `patience` milliseconds.
 */
export async function look(url, { mark = MARK, parent = '1', patience = PATIENCE, answer = ANSWER } = {}) {
  try {
    const { ok } = await fetch(url, { signal: AbortSignal.timeout(answer) })
    if (ok) writeFileSync(mark, '')
    if (ok) return true
  } catch {
    // No answer is as good as a bad one.
  }
  const isLost = existsSync(mark) && Date.now() - statSync(mark).mtimeMs > patience
  for (const pid of isLost ? children(parent) : []) if (Number(pid) !== process.pid) process.kill(Number(pid), 'SIGKILL')
  return false
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = (await look(process.argv[2])) ? 0 : 1
