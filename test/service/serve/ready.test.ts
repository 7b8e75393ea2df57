import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { startServer } from './server.ts'

/** A port that is free. */
const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

it('/ready answers while the first model is being loaded', async () => {
  const port = await freePort()
  const states = new Set<number>()
  let isUp = false
  const starting = startServer({ port }).then((server) => {
    isUp = true
    return server
  })
  while (!isUp) {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => null)
    if (answer) states.add(answer.status)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await using server = await starting
  expect([...states][0]).toBe(503)
  expect((await server.get('/ready')).status).toBe(200)
})
