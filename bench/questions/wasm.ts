/**
 * How many tokens a second does WebAssembly translate beside JavaScript and native, and beside transformers.js on the WebAssembly of ONNX
 * Runtime, greedily, at equal precision and threads? JavaScript has one thread in all rows.
 */
import { fileURLToPath } from 'node:url'
import { columnOf, idsText, type TranslatingPeer, theirs, title } from '../harness/beside.ts'
import { Child } from '../harness/child.ts'
import type { PlayingContender } from '../harness/contender.ts'
import { InstalledPeers } from '../harness/installed-peers.ts'
import { type BenchModel, type Precision, randomSources } from '../harness/models.ts'
import type { Case, Field, Folders, Question } from '../harness/question.ts'
import { TOKENS, Translating, ways } from '../harness/translating.ts'
import { dtypes } from './transformers-js.ts'

const script = fileURLToPath(new URL('../peers/transformers-js-child.js', import.meta.url))
const PRECISIONS: readonly Precision[] = ['int8', 'float32']

export async function openWasm({ peers }: Folders): Promise<Question> {
  const opened = await openPeers(peers).catch((error: Error) => error.message)
  const theirPeers = typeof opened === 'string' ? null : opened
  return {
    name: 'wasm',
    title,
    unit: 'tokens/s',
    about: theirPeers ? theirPeers[0].about : [`transformers.js is not measured: ${opened}`],
    contenders: (field) => [...columns(field), ...(theirPeers ? [columnOf(theirPeers[0])] : [])],
    *cases(field) {
      for (const model of field.models)
        for (const precision of PRECISIONS)
          for (const threads of [1, 2])
            yield* cells(field, model(precision), precision, threads, theirPeers?.[threads - 1])
    },
    close: () => theirPeers?.forEach(({ child }) => void child.close()),
  }
}

/** Ours on one thread. */
const columns = ({ contenders }: Field) =>
  ['wasm', 'js', 'native'].flatMap((name) => contenders.filter((contender) => contender.name === name))

function* cells(
  field: Field,
  model: BenchModel,
  precision: Precision,
  threads: number,
  peer: TranslatingPeer | undefined,
): Iterable<Case> {
  const of = (backend: string) =>
    field.contenders.find((each) => each.backend === backend && each.threads === (backend === 'js' ? 1 : threads))
  const [wasm, js, native] = ['wasm', 'js', 'native'].map(of)
  if (!wasm) return
  const ours = [wasm, js, native]
    .filter((each): each is PlayingContender => each !== undefined)
    .map((each) => new Translating({ ...each, name: each.backend, precision }, model))
  for (const { batch, beam } of ways.filter((way) => way.beam === 1 && way.batch !== 8)) {
    const sources = randomSources(batch, TOKENS, model.weights.config)
    yield {
      label: `${model.name} ${precision} ×${threads}, ${batch} × ${beam}`,
      model: model.name,
      batch,
      beam,
      tokens: batch * TOKENS,
      sides: [
        ...ours.map((each) => each.side(sources, beam)),
        ...(peer ? [theirs(peer, model, { precision, threads, beam }, sources)] : []),
      ],
    }
  }
}

/** transformers.js in a process for each number of threads, which its runtime is told once. */
async function openPeers(folder: string | undefined): Promise<TranslatingPeer[]> {
  const installed = new InstalledPeers(folder)
  const children: Child[] = []
  for (const threads of [1, 2])
    children.push(await Child.open(process.execPath, [script, installed.node, 'wasm', String(threads)]))
  return children.map((child) => ({
    name: 'transformers.js wasm',
    backend: child.greeting,
    about: [`${child.greeting}; float32 beside its fp32, int8 beside its q8`],
    child,
    precisions: PRECISIONS,
    words: (model, { precision, threads }, sources) => [
      installed.converted(model.name, 'onnx'),
      ...[dtypes[precision], threads, TOKENS],
      idsText(sources),
    ],
  }))
}
