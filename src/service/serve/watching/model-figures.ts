import type { Statistics } from '../../../workers/index.ts'
import type { ServedModel } from '../models/served-model.ts'

/** A metric of a model. */
export interface ModelFigure {
  name: string
  help: string
  kind: 'gauge' | 'counter'
  of(statistics: Statistics): number
}

const gauge = (name: string, help: string, of: ModelFigure['of']): ModelFigure => ({
  name: `glassformer_${name}`,
  help,
  kind: 'gauge',
  of,
})
const counter = (name: string, help: string, of: ModelFigure['of']): ModelFigure => ({
  name: `glassformer_${name}_total`,
  help,
  kind: 'counter',
  of,
})

/** The metrics of each loaded model. Counters restart when a model is loaded again. */
export const modelFigures: readonly ModelFigure[] = [
  gauge('queue_texts', 'Texts that are accepted and have not begun', (all) => all.waitingTexts),
  gauge('queue_tokens', 'Their source tokens', (all) => all.waitingTokens),
  gauge('open_texts', 'Texts that are accepted and not answered', (all) => all.openTexts),
  gauge('live_sentences', 'Sentences under way', (all) => all.liveSentences),
  gauge('live_rows', 'Live hypotheses: rows of the decoder', (all) => all.liveRows),
  gauge('batch_fill', 'How full the batches of the workers are that have work, 0 to 1', (all) => all.batchFill),
  gauge('tokens_per_second', 'Tokens of translations in a second, lately', (all) => all.tokensPerSecond),
  gauge('workers', 'Worker threads', (all) => all.workers),
  gauge('workers_busy', 'Worker threads that have work', (all) => all.busyWorkers),
  gauge('cache_bytes', 'Bytes of the results that are kept', (all) => all.cache.bytes),
  counter('source_tokens', 'Tokens that were read', (all) => all.sourceTokens),
  counter('target_tokens', 'Tokens of translations', (all) => all.targetTokens),
  counter('sentences', 'Sentences that were translated', (all) => all.sentences),
  counter('drafted_tokens', 'Tokens that were drafted', (all) => all.draftedTokens),
  counter('accepted_tokens', 'Drafted tokens that were right', (all) => all.acceptedTokens),
  counter('aborts', 'Requests of the model that were aborted', (all) => all.requests.aborted),
  counter('timeouts', 'Requests of the model that were not done in their time', (all) => all.requests.timedOut),
  counter('refused', 'Requests that came while the queue was full', (all) => all.requests.refused),
  counter('failures', 'Requests of the model that have failed', (all) => all.requests.failed),
  counter('worker_deaths', 'Worker threads that have died', (all) => all.workerDeaths),
  counter('cache_hits', 'Results that were there already', (all) => all.cache.hits),
  counter('cache_misses', 'Results that were not', (all) => all.cache.misses),
]

const histograms = [
  ['glassformer_step_seconds', 'Seconds of a step: encoder for newcomers, decoder, search', 'stepSeconds'],
  ['glassformer_queue_seconds', 'Seconds from the acceptance of a request until a worker has it', 'queuedSeconds'],
  [
    'glassformer_first_token_seconds',
    'Seconds from the acceptance of a request to its first token',
    'firstTokenSeconds',
  ],
] as const

/** The workers' histograms in Prometheus' format; prom-client can format only its own counts. */
export function writeHistograms(models: readonly ServedModel[]): string {
  const lines: string[] = []
  const loaded = models.flatMap(({ name, translator }) => (translator ? [{ name, all: translator.statistics() }] : []))
  for (const [name, help, field] of histograms) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} histogram`)
    for (const { name: model, all } of loaded) {
      const label = `model="${model}"`
      const { bounds, counts, sum, count } = all[field]
      let below = 0
      for (const [i, bound] of bounds.entries()) {
        below += counts[i]
        lines.push(`${name}_bucket{le="${bound}",${label}} ${below}`)
      }
      lines.push(
        `${name}_bucket{le="+Inf",${label}} ${count}`,
        `${name}_sum{${label}} ${sum}`,
        `${name}_count{${label}} ${count}`,
      )
    }
  }
  return `${lines.join('\n')}\n`
}
