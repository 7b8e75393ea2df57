/**
 * Our side of train.ts: a model of a shape, and one training step (forward, backward, Adam) for each line of input; the
 * counterpart of peers/pytorch_training.py.
 *
 *     node training-process.js BACKEND THREADS PRECISION LAYERS WIDTH HEADS HIDDEN VOCABULARY BATCH LENGTH RELU_BIAS
 */
import { createInterface } from 'node:readline'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { NativePlayer } from '#dist/engine/backend/native/player.js'
import { opSignatures } from '#dist/engine/program/op-table.js'
import { TrainingWork } from './training.ts'
import type { Precision } from './training-side.ts'

const [backend, threads, precision, ...numbers] = process.argv.slice(2)
const [layers, width, heads, hidden, vocabulary, batch, length, reluBias] = numbers.map(Number)
const native = { ops: opSignatures(), threads: Number(threads), products: precision as Precision }
const player = backend === 'js' ? new JsPlayer() : new NativePlayer(native)
const work = new TrainingWork(player, { layers, width, heads, hidden, vocabulary, batch, length, reluBias })
const say = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`)

work.step()
say({ version: player.info.isa, flops: work.flops })
for await (const _ of createInterface({ input: process.stdin })) {
  const [began, before] = [performance.now(), process.cpuUsage()]
  work.step()
  const { user, system } = process.cpuUsage(before)
  say({ seconds: (performance.now() - began) / 1000, busy: (user + system) / 1e6 })
}
player.close()
