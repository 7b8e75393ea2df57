import type { LoadedEncoder } from '../../../files/folders/encoders/read-encoder-folder.ts'
import type { JobKind, WorkerContext } from '../../../workers/jobs/job-kind.ts'
import { askAnswers } from './answer-spans.ts'
import { type Ask, idsOf, promptedIds, tooLong } from './ask.ts'
import { EncoderPart, type WaitingText } from './encoder-part.ts'
import { askMasks } from './fill-masks.ts'
import { vectorOf } from './pooled.ts'
import type { EncodedItem, EncodedResult, Task } from './tasks.ts'
import { askShares, GradientsPart } from './token-shares.ts'

interface Contents {
  task: Task
  items: readonly EncodedItem[]
}

/** Workers of this kind have opened an encoder: see open-encoder.ts. */
const partOf = (worker: WorkerContext): EncoderPart => (worker as unknown as WorkerContext<LoadedEncoder>).part(newPart)
const newPart = (worker: WorkerContext<LoadedEncoder>): EncoderPart => new EncoderPart(worker)

const gradientsOf = (worker: WorkerContext) =>
  (worker as unknown as WorkerContext<LoadedEncoder>).part(newGradients).gradients
const newGradients = (worker: WorkerContext<LoadedEncoder>): GradientsPart => new GradientsPart(worker)

/** Vectors, labels, states, tokens and answers of texts. */
export const encodeTexts: JobKind<'encodeTexts', Contents, EncodedResult> = {
  kind: 'encodeTexts',
  prepare: (worker) => void partOf(worker),
  run(worker, job) {
    const part = partOf(worker)
    const { task, items } = job.contents
    const results: EncodedResult[] = new Array(items.length)
    let missing = items.length
    for (const [index, item] of items.entries()) {
      try {
        const ask = task.task === 'shares' ? askShares(() => gradientsOf(worker)) : asks[task.task]
        const texts = ask(part, item, task, (result) => {
          results[index] = result
          if (--missing === 0) job.done(results)
        })
        for (const text of texts) part.add({ request: job.request, ...text })
      } catch (error) {
        return job.fail(error, { index })
      }
    }
  },
  cancel: (worker, request) => partOf(worker).cancel(request),
}

const asks: Readonly<Record<Exclude<Task['task'], 'shares'>, Ask>> = {
  vector: (part, item, task, done) => {
    const { ids, skipped } = promptedIds(part, item, task)
    const { sentence, config } = part.model
    return [
      {
        ...ids,
        head: 'none',
        done: (states) =>
          done({
            tokens: ids.ids.length,
            truncated: ids.truncated,
            vector: vectorOf(states, config.dModel, sentence, skipped),
          }),
      },
    ]
  },
  logits: (part, item, task, done) => {
    const ids = idsOf(part, item, task)
    return [
      {
        ...ids,
        head: 'text',
        done: (_, logits) => done({ tokens: ids.ids.length, truncated: ids.truncated, logits }),
      },
    ]
  },
  states: (part, item, task, done) => {
    const { ids, skipped } = item.given ? { ids: idsOf(part, item, task), skipped: 0 } : promptedIds(part, item, task)
    const { head } = part.model.config
    return [
      {
        ...ids,
        head: head === null ? 'none' : head.kind === 'pooled' || head.kind === 'classes' ? 'text' : 'all',
        withLayers: task.task === 'states' && task.layers,
        done: (states, logits, layers) =>
          done({
            tokens: ids.ids.length,
            truncated: ids.truncated,
            ids: [...ids.ids],
            types: [...ids.types],
            states: states.slice(),
            skipped,
            ...(head && { logits }),
            ...layers,
          }),
      },
    ]
  },
  tokens: askTokens,
  fill: askMasks,
  answer: askAnswers,
}

function askTokens(
  part: EncoderPart,
  { text, pair }: EncodedItem,
  task: Task,
  done: (result: EncodedResult) => void,
): Omit<WaitingText, 'request'>[] {
  const { tokenizer, model } = part
  const placed = tokenizer.place(text, pair, task)
  if (placed.truncated && task.tooLong === 'refuse') throw tooLong(task.maxLength)
  const unknown = model.tokenizer.unknown === null ? undefined : tokenizer.idOf(model.tokenizer.unknown)
  return [
    {
      ...placed,
      head: 'all',
      done(_, logits) {
        const outputs = model.config.head?.outputs ?? 0
        const classified = placed.places.flatMap((place, index) => {
          const token = placed.tokens[place]
          if (place < 0 || tokenizer.isSpecial(token.id)) {
            if (place < 0 || token.id !== unknown) return []
          }
          const own = token.text === 0 ? text : (pair ?? '')
          const isUnknown = token.id === unknown
          return {
            ...token,
            token: tokenizer.token(token.id),
            index,
            isUnknown,
            continuesWord: !isUnknown && tokenizer.continuesWord(token, own),
            logits: logits.slice(index * outputs, (index + 1) * outputs),
          }
        })
        done({ tokens: placed.ids.length, truncated: placed.truncated, classified })
      },
    },
  ]
}
