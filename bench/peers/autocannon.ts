/**
 * autocannon, which sends requests on many connections. `npm run bench:peers` installs it; the peers' folder may have
 * it as well.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Load } from '../harness/serving.ts'

/** The part of autocannon's API that we call; its types are not installed at compile time. */
type Autocannon = (options: object, done: (error: Error | null, result: Result) => void) => Tracker

interface Tracker {
  on(event: 'start', listener: () => void): void
  on(event: 'response', listener: (client: Client, status: number, bytes: number, milliseconds: number) => void): void
}

interface Client {
  setRequests(requests: readonly object[]): void
}

interface Result {
  errors: number
  non2xx: number
}

const ownFolder = fileURLToPath(
  new URL(import.meta.url.includes('/bench/dist/') ? '../../peers' : '.', import.meta.url),
)

/** Sends requests by autocannon. @throws Error with the command that installs it */
export function openAutocannon(others?: string, own = ownFolder): Load {
  const folder = [own, ...(others ? [join(others, 'node')] : [])].find((each) =>
    existsSync(join(each, 'node_modules/autocannon')),
  )
  if (!folder) throw new Error("autocannon is not installed: 'npm run bench:peers' does that")
  const autocannon: Autocannon = createRequire(join(folder, 'package.json'))('autocannon')
  return ({ url, bodies, connections }) =>
    new Promise((resolve, reject) => {
      // Each connection has its own part of the requests, so that each request is sent once.
      const parts = partsOf(bodies, connections)
      const headers = { 'content-type': 'application/json' }
      const times: number[] = []
      let began = 0
      let last = 0
      const options = {
        url,
        connections,
        amount: bodies.length,
        sampleInt: 50,
        timeout: 60,
        setupClient: (client: Client) =>
          client.setRequests(parts.shift()!.map((body) => ({ method: 'POST', headers, body }))),
      }
      const tracker = autocannon(options, (error, result) => {
        if (error) reject(error)
        else if (result.errors || result.non2xx || times.length !== bodies.length)
          reject(
            new Error(
              `${url}: ${bodies.length} requests were made, ${times.length} were answered, ${result.non2xx} of them refused`,
            ),
          )
        else resolve({ seconds: (last - began) / 1000, times })
      })
      tracker.on('start', () => {
        began = performance.now()
      })
      tracker.on('response', (_client, _status, _bytes, milliseconds) => {
        times.push(milliseconds)
        last = performance.now()
      })
    })
}

/** A list split into `count` parts; the first ones have one more where they cannot be equal. */
function partsOf<T>(list: readonly T[], count: number): T[][] {
  const rest = list.length % count
  const length = (list.length - rest) / count
  return Array.from({ length: count }, (_, i) => {
    const from = i * length + Math.min(i, rest)
    return list.slice(from, from + length + (i < rest ? 1 : 0))
  })
}
