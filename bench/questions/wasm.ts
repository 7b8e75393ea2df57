/**
 * How many tokens a second does WebAssembly translate beside JavaScript and native, and beside transformers.js on the WebAssembly of ONNX
 * Runtime, greedily, at equal precision and threads? JavaScript has one thread in all rows.
 */
import { fileURLToPath } from 'node:url'
import { cells, columnOf, idsText, type TranslatingPeer, title } from '../harness/beside.ts'
import { Child } from '../harness/child.ts'
import type { PlayingContender } from '../harness/contender.ts'
import { InstalledPeers } from '../harness/installed-peers.ts'
import type { Precision } from '../harness/models.ts'
import type { Field, Question, Setting } from '../harness/question.ts'
import { waysOf } from '../harness/translating.ts'
import { dtypes } from './transformers-js.ts'

const script = fileURLToPath(new URL('../peers/transformers-js-child.js', import.meta.url))
const PRECISIONS: readonly Precision[] = ['int8', 'float32']

export async function openWasm(setting: Setting): Promise<Question> {
  const opened = await openPeers(setting).catch((error: Error) => error.message)
  const theirPeers = typeof opened === 'string' ? null : opened
  return {
    name: 'wasm',
    title,
    unit: 'tokens/s',
    about: theirPeers ? theirPeers[0].about : [`transformers.js is not measured: ${opened}`],
    contenders: (field) => [...columns(field), ...(theirPeers ? [columnOf(theirPeers[0])] : [])],
    *cases(field) {
      const asked = waysOf(field.scale, [1, 32]).filter(({ beam }) => beam === 1)
      for (const model of field.models)
        for (const precision of PRECISIONS)
          for (const threads of [1, 2]) {
            const players = playersOf(field, threads)
            const peers = theirPeers?.slice(threads - 1, threads) ?? []
            if (players.length) yield* cells(players, threads, model(precision), precision, asked, peers)
          }
    },
    close: () => theirPeers?.forEach(({ child }) => void child.close()),
  }
}

/** Ours on one thread. */
const columns = ({ contenders }: Field) =>
  ['wasm', 'js', 'native'].flatMap((name) => contenders.filter((contender) => contender.name === name))

/** Ours on this many threads, and JavaScript on its one; none without WebAssembly. */
function playersOf({ contenders }: Field, threads: number): PlayingContender[] {
  const players = ['wasm', 'js', 'native'].flatMap(
    (backend) =>
      contenders.find((each) => each.backend === backend && each.threads === (backend === 'js' ? 1 : threads)) ?? [],
  )
  return players[0]?.backend === 'wasm' ? players : []
}

/** transformers.js in a process for each number of threads, because its runtime accepts the number only once. */
async function openPeers({ peers, scale }: Setting): Promise<TranslatingPeer[]> {
  const installed = new InstalledPeers(peers, scale.models)
  const children: Child[] = []
  for (const threads of [1, 2])
    children.push(await Child.open(process.execPath, [script, installed.node, 'wasm', String(threads)]))
  return children.map((child) => ({
    name: 'transformers.js wasm',
    backend: child.greeting,
    about: [`${child.greeting}; float32 beside its fp32, int8 beside its q8`],
    child,
    precisions: PRECISIONS,
    words: (model, { precision, threads, made }, sources) => [
      installed.converted(model.name, 'onnx'),
      ...[dtypes[precision], threads, made],
      idsText(sources),
    ],
  }))
}
