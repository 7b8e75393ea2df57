/** How many tokens a second do we translate beside transformers.js on onnxruntime-node, greedily, at equal precision and threads? */
import { fileURLToPath } from 'node:url'
import { besidePeer, idsText } from '../harness/beside.ts'
import { Child } from '../harness/child.ts'
import { InstalledPeers } from '../harness/installed-peers.ts'
import type { Question, Setting, Unanswerable } from '../harness/question.ts'

const script = fileURLToPath(new URL('../peers/transformers-js-child.js', import.meta.url))

/** The names of our precisions in transformers.js. */
export const dtypes: Record<string, string> = { float32: 'fp32', int8: 'q8' }

export async function openTransformersJs({ peers, scale }: Setting): Promise<Question | Unanswerable> {
  try {
    const installed = new InstalledPeers(peers, scale.models)
    const child = await Child.open(process.execPath, [script, installed.node])
    return besidePeer({
      question: 'transformers-js',
      name: 'transformers.js',
      backend: child.greeting,
      about: [`${child.greeting}; float32 beside its fp32, int8 beside its q8; it has no beam search`],
      child,
      beams: [1],
      precisions: ['float32', 'int8'],
      words: (model, { precision, threads, made }, sources) => [
        installed.converted(model.name, 'onnx'),
        ...[dtypes[precision], threads, made],
        idsText(sources),
      ],
    })
  } catch (error) {
    return { reason: (error as Error).message }
  }
}
