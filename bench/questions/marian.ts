/**
 * How many tokens a second do we translate, and train on, beside Marian itself, in float32 with equal threads? Marian cuts a batch into one
 * part for each thread, which is how it uses several.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { besidePeer, columnOf, idsText, type TranslatingPeer } from '../harness/beside.ts'
import { Child } from '../harness/child.ts'
import type { Contender, PlayingContender } from '../harness/contender.ts'
import { InstalledPeers } from '../harness/installed-peers.ts'
import { timed } from '../harness/interleave.ts'
import type { ModelName } from '../harness/model-names.ts'
import type { Case, Field, Question, Setting, Unanswerable } from '../harness/question.ts'
import type { Scale } from '../harness/scale.ts'
import { type TrainingShape, TrainingWork, trainingShapes } from '../harness/training.ts'

const script = (name: string) => fileURLToPath(new URL(`../../peers/${name}`, import.meta.url))

/** The models of Marian's own family. */
const families: readonly ModelName[] = ['fr-en', 'base', 'big', 'opus-mt']

export async function openMarian({ peers, scale }: Setting): Promise<Question | Unanswerable> {
  try {
    const installed = new InstalledPeers(peers, scale.models)
    installed.needed('venv/bin/pymarian')
    const child = await Child.open(installed.python, [script('marian_translation.py')])
    const trainer = await Child.open(installed.python, [script('marian_training.py')])
    const peer: TranslatingPeer = {
      name: 'Marian',
      backend: `marian ${child.greeting}`,
      about: [`Marian ${child.greeting} by pymarian, float32; trainings have dropout 0.1 and Adam on both sides`],
      child,
      precisions: ['float32'],
      words: (model, { threads, beam }, sources) => [
        installed.converted(model.name, 'marian'),
        ...[threads, beam],
        idsText(sources.map((ids) => ids.slice(0, -1))), // Marian adds the end itself
      ],
    }
    const folder = join(installed.folder, 'models', 'marian-training')
    const translating = besidePeer({ ...peer, question: 'marian', beams: [1, 4] })
    return {
      ...translating,
      title: `${translating.title}; training: tokens of a step`,
      *cases(field) {
        const models = field.models.filter((make) => families.some((name) => field.scale.models[name] === make))
        yield* translating.cases({ ...field, models })
        yield* trainings(field, columnOf(peer), async (steps, shape) =>
          Number(await trainer.ask(folder, steps, JSON.stringify(shape))),
        )
      },
      close() {
        child.close()
        trainer.close()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    return { reason: (error as Error).message }
  }
}

/** Trains that many steps; returns their seconds. */
type Train = (steps: number, shape: TrainingShape & { threads: number }) => Promise<number>

/** Steps of training on random tokens: forward, backward, Adam. */
function* trainings({ scale, contenders }: Field, marian: Contender, train: Train): Iterable<Case> {
  const natives = contenders.filter(({ backend }) => backend === 'native')
  for (const shape of shapesOf(scale))
    for (const native of natives) {
      const { threads } = native
      const { name, batch, length } = shape
      yield {
        label: `training ${name} ×${threads}, ${batch} × ${length}`,
        model: `training ${name}`,
        batch,
        tokens: batch * length,
        sides: [
          ours(native, shape),
          { contender: { ...marian, threads }, run: (steps) => train(steps, { ...shape, threads }) },
        ],
      }
    }
}

function ours(native: PlayingContender, shape: TrainingShape) {
  const work = new TrainingWork(native.player, shape)
  return { contender: { ...native, name: native.backend }, run: timed(() => work.step()) }
}

const shapesOf = ({ mostTogether, mostElements }: Scale): TrainingShape[] =>
  trainingShapes.map((shape) => ({
    ...shape,
    batch: Math.min(shape.batch, mostTogether),
    vocabulary: Math.min(shape.vocabulary, Math.floor(mostElements / shape.width)),
  }))
