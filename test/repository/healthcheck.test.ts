import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, utimesSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { root } from './repository.ts'

const { look } = await import(pathToFileURL(join(root, 'deploy/healthcheck.mjs')).href)
const scratch = scratchFolder()
let status = 200
const server = createServer((_, response) => void (status ? response.writeHead(status).end() : undefined))
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`
const started: ChildProcess[] = []
afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
  server.closeAllConnections()
  server.close()
})

test.skipIf(process.platform !== 'linux')(
  "deploy/healthcheck.mjs ends a container's process that was healthy and has not answered for a minute",
  async () => {
    // The shell stands for the first process of a container, which starts the one that is watched.
    const shell = spawn('sh', ['-c', `${process.execPath} -e 'setInterval(() => {}, 1000)'; echo $?`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    started.push(shell)
    let said = ''
    shell.stdout!.on('data', (bytes) => {
      said += bytes
    })
    const ended = new Promise((resolve) => shell.once('close', resolve))
    const options = { mark: join(scratch, 'healthy'), parent: String(shell.pid), answer: 3000 }

    status = 503 // it is still starting
    expect(await look(url, options)).toBe(false)
    expect(existsSync(options.mark)).toBe(false)
    status = 200
    expect(await look(url, options)).toBe(true)
    status = 0 // it does not answer
    expect(await look(url, options)).toBe(false)
    expect(shell.exitCode).toBeNull()
    const past = new Date(Date.now() - 61_000)
    utimesSync(options.mark, past, past)
    expect(await look(url, options)).toBe(false)
    await ended
    expect(said).toBe('137\n')
  },
)
