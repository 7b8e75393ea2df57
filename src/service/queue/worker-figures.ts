import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { present } from '../../base/present.ts'
import { modelFigures } from '../serve/watching/model-figures.ts'
import { PREFIX } from './redis/job-queue.ts'
import type { Watched } from './watched.ts'

/** Maximum milliseconds that a scrape waits for Redis. */
const PATIENCE = 2000

/** The lists and sets of BullMQ with the jobs in each state. */
const states = [
  ['waiting', 'wait', 'llen'],
  ['active', 'active', 'llen'],
  ['later', 'delayed', 'zcard'],
  ['dead', 'failed', 'zcard'],
] as const

/** Metrics of a worker, of its model and of its queue for Prometheus. */
export function workerFigures({ worker, redis, translator, counts, model }: Watched): Registry {
  const registry = new Registry()
  const registers = [registry]
  registry.setDefaultLabels({ model })
  collectDefaultMetrics({ register: registry })
  new Counter({
    name: 'glassformer_jobs_total',
    help: 'Attempts at jobs by their end: done, failed and tried again, dead letters, lost to another worker',
    labelNames: ['end'],
    registers,
    collect() {
      this.reset()
      for (const [end, count] of Object.entries(counts.jobs)) this.inc({ end }, count)
    },
  })
  counter('job_texts', 'Texts of the jobs that are done', () => counts.texts)
  counter('job_seconds', 'Seconds that the jobs took which are done', () => counts.seconds)
  gauge('jobs_open', 'Jobs in work', () => worker.open)
  gauge('redis_up', 'Whether Redis is there', () => (redis.status === 'ready' ? 1 : 0))
  for (const { name, help, kind, of } of translator ? modelFigures : []) {
    const bare = name.replace(/^glassformer_|_total$/g, '')
    if (kind === 'counter') counter(bare, help, () => of(present(translator).statistics()))
    else gauge(bare, help, () => of(present(translator).statistics()))
  }
  new Gauge({
    name: 'glassformer_jobs',
    help: 'Jobs of the queue, as Redis has them: the same for all its workers',
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset()
      if (redis.status !== 'ready') return
      const asked = Promise.all(states.map(([, list, count]) => redis[count](`${PREFIX}:${model}:${list}`)))
      const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE, null).unref())
      const sizes = await Promise.race([asked.catch(() => null), late])
      for (const [i, [state]] of states.entries()) if (sizes) this.set({ state }, sizes[i])
    },
  })
  return registry

  function counter(name: string, help: string, value: () => number): void {
    new Counter({
      name: `glassformer_${name}_total`,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(value())
      },
    })
  }

  function gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name: `glassformer_${name}`,
      help,
      registers,
      collect() {
        this.set(value())
      },
    })
  }
}
