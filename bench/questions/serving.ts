/**
 * How many requests a second does `glassformer serve` answer, and how soon, beside CTranslate2 (LibreTranslate's engine) behind a small
 * server, and beside one call of the library with all texts?
 */
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { packageFolder } from '#dist/base/package/package-folder.js'
import { counted } from '#dist/base/values/number-text.js'
import { Translator } from '#dist/use/translate/translator.js'
import { InstalledPeers } from '../harness/installed-peers.ts'
import type { Setting, Telling, Unanswerable } from '../harness/question.ts'
import { type RoughSentence, roughSentences } from '../harness/rough-lines.ts'
import { part, some } from '../harness/scale.ts'
import { ServerProcess } from '../harness/server-process.ts'
import { type Load, measureServing, type Served, type ServingCell, type Traffic } from '../harness/serving.ts'
import { digits } from '../harness/table.ts'
import { openAutocannon } from '../peers/autocannon.ts'

const ROUNDS = 5
/** Texts a second over those of one call with all texts, by the texts of a request. */
const goalOfTexts = (texts: number) => (texts === 1 ? 0.85 : 0.9)
/** At most this many times as long as half of the requests takes one in a hundred, where many are open. */
const SPREAD = 2.5
const MANY = 64
const traffic: readonly Traffic[] = [
  { connections: 1, texts: 1, of: 150 },
  { connections: 16, texts: 1, of: 480 },
  { connections: 64, texts: 1, of: 1280, besideOneCall: true },
  { connections: 8, texts: 32, of: 1024, besideOneCall: true },
]

const inPackage = (path: string) => fileURLToPath(new URL(path, packageFolder()))

export async function openServing(asked: Setting): Promise<Telling | Unanswerable> {
  let load: Load
  try {
    load = openAutocannon(asked.peers)
  } catch (error) {
    return { reason: (error as Error).message }
  }
  return {
    name: 'serving',
    async *tell(say) {
      const { scale } = asked
      const rounds = Math.min(ROUNDS, scale.mostRounds)
      const translator = await Translator.load()
      const servers: ServerProcess[] = []
      try {
        const ours = await startServe()
        servers.push(ours)
        const { precision } = translator.backendInfo()
        const setting = { precision, workers: availableParallelism(), beams: translator.model.defaults.beams }
        const theirs = await startCTranslate2Server(asked, setting).catch((error: Error) => error)
        if (theirs instanceof ServerProcess) servers.push(theirs)
        say(
          `serving · the embedded model, ${precision}, ${setting.beams} beams, workers: ${setting.workers} · sentences of test/rough over HTTP, medians of ${counted(rounds, 'round')}`,
        )
        say(
          theirs instanceof Error
            ? `CTranslate2 is not measured: ${theirs.message}`
            : `${theirs.greeting.split(' is ')[0]} behind bench/peers/ctranslate2_server.py; ${await sameTranslations(some(scale, roughSentences().slice(0, 300)), ours, theirs)}`,
        )
        const { cells, oneCall, client } = await measureServing({
          servers: interfacesOf(ours, theirs instanceof Error ? null : theirs),
          load,
          lines: roughSentences().map(({ source }) => source),
          traffic: traffic.map((each) => ({ ...each, of: part(scale, each.of, 2 * each.connections * each.texts) })),
          inOneCall: (lines) => translator.translate(lines),
          rounds,
        })
        for (const line of tableOf(cells)) say(line)
        say(
          `\nall texts in one call: ${digits(oneCall)} a second; autocannon took at most ${Math.round(100 * client)} % of a core`,
        )
        for (const cell of cells) yield { bench: 'serving', model: 'fr-en', ...cell, goal: goalOf(cell) }
      } finally {
        for (const server of servers) await server.close()
        await translator.close()
      }
    },
  }
}

const startServe = () =>
  ServerProcess.start(process.execPath, [inPackage('dist/bundle/glassformer.js'), 'serve', '--port', '0'])

/** @throws Error with the reason why it is missing */
async function startCTranslate2Server(
  { peers, scale }: Setting,
  { precision, workers, beams }: { precision: string; workers: number; beams: number },
): Promise<ServerProcess> {
  const installed = new InstalledPeers(peers, scale.models)
  const script = fileURLToPath(new URL('../../peers/ctranslate2_server.py', import.meta.url))
  const folders = [installed.converted('fr-en', 'ctranslate2'), inPackage('models/fr-en')]
  return ServerProcess.start(installed.python, [script, ...folders, precision, String(workers), String(beams)])
}

/**
 * The requests to each server: to ours by its own interface and by LibreTranslate's, to the peer only by the latter.
 */
export function interfacesOf(ours: { url: string }, theirs: { url: string } | null): Served[] {
  const libre = { body: (q: string | readonly string[]) => ({ q, source: 'fr', target: 'en' }) }
  const peer = theirs && { name: 'CTranslate2 /translate', url: `${theirs.url}/translate`, isOurs: false, ...libre }
  return [
    { name: 'Glassformer /v1/translate', url: `${ours.url}/v1/translate`, isOurs: true, body: (text) => ({ text }) },
    { name: 'Glassformer /translate', url: `${ours.url}/translate`, isOurs: true, ...libre },
    ...(peer ? [peer] : []),
  ]
}

/** How many translations of both servers are the same. */
async function sameTranslations(sentences: readonly RoughSentence[], ...servers: { url: string }[]): Promise<string> {
  const q = sentences.map(({ source }) => source)
  const [ours, theirs] = await Promise.all(
    servers.map(async ({ url }) => {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ q, source: 'fr', target: 'en' })
      const answer = await fetch(`${url}/translate`, { method: 'POST', headers, body })
      return ((await answer.json()) as { translatedText: string[] }).translatedText
    }),
  )
  return `${ours.filter((text, i) => text === theirs[i]).length} of ${q.length} translations are the same`
}

const goalOf = ({ ofOneCall, texts }: ServingCell) => (ofOneCall === null ? null : goalOfTexts(texts))

function* tableOf(cells: readonly ServingCell[]): Iterable<string> {
  yield '\n| connections × texts | server | requests/s | texts/s | p50 ms | p99 ms | p99 / p50 | × CTranslate2 | of one call | goal |'
  yield '|---|---|---|---|---|---|---|---|---|---|'
  for (const cell of cells) {
    const { connections, texts, server, requestsPerSecond, textsPerSecond, p50, p99, spread, ratio, ofOneCall } = cell
    const goal = goalOf(cell)
    const row = [
      `${connections} × ${texts}`,
      server,
      ...[requestsPerSecond, textsPerSecond, p50, p99].map(digits),
      `${spread.toFixed(2)}${connections >= MANY && goal !== null ? ` (goal: ≤ ${SPREAD})` : ''}`,
      ratio === null ? '' : ratio.toFixed(2),
      ofOneCall === null ? '' : ofOneCall.toFixed(2),
      goal === null ? '' : `≥ ${goal}`,
    ]
    yield `| ${row.join(' | ')} |`
  }
}
