/**
 * Checks whether the process of a container is healthy: node healthcheck.mjs URL. Exits with 0 where the URL answers
 * with success, else with 1. Docker only records that a container is unhealthy; for this reason a process that was
 * healthy once and has not been for a minute is killed, and the container's restart policy restarts it.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/** Milliseconds within which the URL must answer, and milliseconds without an answer until the process is killed. */
const ANSWER = 5000
const PATIENCE = 60_000

/** The file that is written after each successful answer. /tmp is empty when a container starts. */
const MARK = '/tmp/glassformer-healthy'

/** The children of the container's first process: with `init`, our server. */
function children(pid) {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1).split(' ')[1] === pid
    } catch {
      return false // it has ended in the meantime
    }
  })
}

/**
 * One check: whether the URL answers with success. `parent` is the process whose children are killed where there was no
 * success for `patience` milliseconds.
 */
export async function look(url, { mark = MARK, parent = '1', patience = PATIENCE, answer = ANSWER } = {}) {
  try {
    const { ok } = await fetch(url, { signal: AbortSignal.timeout(answer) })
    if (ok) writeFileSync(mark, '')
    if (ok) return true
  } catch {
    // A missing answer counts as a failure.
  }
  const isLost = existsSync(mark) && Date.now() - statSync(mark).mtimeMs > patience
  for (const pid of isLost ? children(parent) : []) if (Number(pid) !== process.pid) process.kill(Number(pid), 'SIGKILL')
  return false
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = (await look(process.argv[2])) ? 0 : 1
