/**
 * Writes a model of a new vocabulary and of more layers that begins with what another model knows: a piece that the other has
 * too keeps its embedding, any other begins as the mean of the pieces that the other cuts it into. Layers that the other
 * has are taken over; those on top begin nearly as the identity.
 *
 *     node examples/embedded/grow.mjs FLOAT32-MODEL NEW-MODEL OUT
 *
 * NEW-MODEL is a folder of the new shape and vocabulary, as one step of training leaves it.
 */
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSentencePieceModel } from '../../dist/formats/pieces/sentencepiece-model.js'
import { openSafetensors, writeSafetensors } from '../../dist/index.js'

const EMBEDDING = 'model.shared.weight'
const BIAS = 'final_logits_bias'
/** By this the last matrices of new layers are multiplied, so that these hardly change what they read. */
const FAINT = 0.1
/** The number of characters of the longest piece. */
const LONGEST = 16

const [from, shape, out] = process.argv.slice(2)
cpSync(shape, out, { recursive: true })
const old = tensorsOf(from)
const fresh = tensorsOf(shape)
const { scores } = readSentencePieceModel(readFileSync(join(from, 'source.spm')), 'source.spm').pieces
const idsOf = (folder) => new Map(Object.entries(JSON.parse(readFileSync(join(folder, 'vocab.json'), 'utf8'))))
const [oldIds, newIds] = [idsOf(from), idsOf(shape)]
const layersBefore = JSON.parse(readFileSync(join(from, 'config.json'), 'utf8')).encoder_layers

let kept = 0
for (const [name, tensor] of fresh) {
  const before = old.get(name)
  if (name === EMBEDDING || name === BIAS) takeRows(tensor, before)
  else if (before) tensor.values = before.values
  else if (/(out_proj|fc2)\.weight$/.test(name)) tensor.values = tensor.values.map((x) => x * FAINT)
  else if (/layer_norm\.(weight|bias)$/.test(name)) tensor.values = identity(tensor.values.length, name.endsWith('weight'))
}
writeSafetensors(
  join(out, 'model.safetensors'),
  [...fresh].map(([name, { shape, values }]) => ({ name, dtype: 'F32', shape, values })),
)
console.log(`${newIds.size} pieces, ${kept} of them known`)

function takeRows(tensor, before) {
  const width = tensor.values.length / newIds.size
  for (const [piece, id] of newIds) {
    const ids = oldIds.has(piece) ? [oldIds.get(piece)] : piecesOf(piece)
    if (oldIds.has(piece) && width > 1) kept++
    if (ids.length === 0) continue
    for (let k = 0; k < width; k++) {
      const sum = ids.reduce((total, row) => total + before.values[row * width + k], 0)
      tensor.values[id * width + k] = sum / ids.length
    }
  }
}

/** The ids into which the old vocabulary cuts a piece: the cut of the highest score. */
function piecesOf(piece) {
  const best = [{ score: 0, ids: [] }]
  for (let end = 1; end <= piece.length; end++)
    for (let begin = Math.max(0, end - LONGEST); begin < end; begin++) {
      const id = oldIds.get(piece.slice(begin, end))
      if (id === undefined || !best[begin]) continue
      const score = best[begin].score + scores[id]
      if (!best[end] || score > best[end].score) best[end] = { score, ids: [...best[begin].ids, id] }
    }
  return best[piece.length]?.ids ?? []
}

/**
 * Gain or bias of a norm that changes hardly anything: behind a norm of gain g and bias b, the numbers of a token have a mean near that of b
 * and a variance near mean(g²) + var(b).
 */
function identity(length, isGain) {
  const norm = `model.encoder.layers.${layersBefore - 1}.final_layer_norm`
  const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length
  const bias = old.get(`${norm}.bias`).values
  const middle = mean(bias)
  if (!isGain) return new Float32Array(length).fill(middle)
  const variance = mean(old.get(`${norm}.weight`).values.map((g) => g * g)) + mean(bias.map((b) => (b - middle) ** 2))
  return new Float32Array(length).fill(Math.sqrt(variance))
}

function tensorsOf(folder) {
  const file = openSafetensors(join(folder, 'model.safetensors'))
  const tensors = new Map()
  for (const [name, { shape }] of file.tensors) {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1))
    file.readFloats(name, values)
    tensors.set(name, { shape, values })
  }
  file.close()
  return tensors
}
