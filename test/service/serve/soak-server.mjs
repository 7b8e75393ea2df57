// A server of which a test kills worker threads, by messages. It tells what was so at its end.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { serve } from '#dist/service/serve/index.js'

const workers = new Set()
process.on('worker', (worker) => {
  workers.add(worker)
  worker.once('exit', () => workers.delete(worker))
})
const server = await serve({
  port: 0,
  log: 'silent',
  texts: 10,
  load: { workers: 2, threads: 1, ...JSON.parse(process.argv[2]) },
})
const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()
process.on('message', (message) => {
  if (message === 'kill') void [...workers][Math.floor(Math.random() * workers.size)]?.terminate()
  if (message === 'measure') {
    process.send({ rss: process.memoryUsage().rss, p99: delay.percentile(99) / 1e6 })
    delay.reset()
  }
})
process.once('SIGTERM', async () => {
  await server.close()
  process.disconnect()
})
process.send({ url: server.url })
