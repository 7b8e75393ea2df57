/**
 * Extends a model's vocabulary for text as people write it, before a further training: each digit is a separate piece,
 * `⟦1⟧` to `⟦16⟧` stand for protected parts, letters and signs that Tatoeba lacks are pieces, and all other characters
 * become bytes. Existing pieces keep their numbers and embeddings; new ones begin with small random embeddings.
 *
 *     node examples/tatoeba/wider-vocabulary.mjs FLOAT32-MODEL WIDER-MODEL [SOURCE TARGET: its languages, if it is to learn others]
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSentencePieceModel } from '../../dist/formats/pieces/sentencepiece-model.js'
import { writeSentencePieceModel } from '../../dist/formats/pieces/sentencepiece-writer.js'
import { openSafetensors, writeSafetensors } from '../../dist/index.js'

const PLACEHOLDERS = 16
const SIGNS = '#@_*=<>{}[]\\|~^`°£§•→·©®™²³½±×÷¿¡…ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŸàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœßšžčćđłńśźżąęőűŠŽČŁŚŻğışİŞ'

const [from, to, source_lang, target_lang] = process.argv.slice(2)
cpSync(from, to, { recursive: true })
const spm = readSentencePieceModel(readFileSync(join(from, 'source.spm')), 'source.spm')
const { texts, scores, types } = spm.pieces
const before = texts.length
const lowest = Math.min(...scores) - 1
const missing = [...SIGNS].filter((sign) => !texts.includes(sign))
const fresh = []

for (let id = 0; id < texts.length; id++) {
  if (!/\d/.test(texts[id]) || texts[id].length === 1) continue
  texts[id] = missing.shift()
  scores[id] = lowest
  fresh.push(id)
}
const add = (text, type, score) => {
  fresh.push(texts.push(text) - 1)
  types.push(type)
  scores.push(score)
}
for (const sign of missing) add(sign, 'normal', lowest)
for (let n = 1; n <= PLACEHOLDERS; n++) add(`⟦${n}⟧`, 'user-defined', 0)
for (let byte = 0; byte < 256; byte++) add(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, 'byte', 0)
spm.trainer.byteFallback = true

const bytes = writeSentencePieceModel(spm)
for (const name of ['source.spm', 'target.spm']) writeFileSync(join(to, name), bytes)
const entries = texts.map((text, id) => `${JSON.stringify(text)}: ${id}`)
writeFileSync(join(to, 'vocab.json'), `{\n${entries.join(',\n')}\n}\n`)
const config = JSON.parse(readFileSync(join(from, 'config.json'), 'utf8'))
const size = { vocab_size: texts.length, decoder_vocab_size: texts.length }
writeFileSync(join(to, 'config.json'), JSON.stringify({ ...config, ...size }, null, 2))

if (target_lang) {
  const tokenizer = JSON.parse(readFileSync(join(from, 'tokenizer_config.json'), 'utf8'))
  writeFileSync(join(to, 'tokenizer_config.json'), JSON.stringify({ ...tokenizer, source_lang, target_lang }, null, 2))
}

let state = 1
const uniform = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())

const file = openSafetensors(join(from, 'model.safetensors'))
const tensors = [...file.tensors].map(([name, { shape }]) => {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1))
  file.readFloats(name, values)
  return { name, dtype: 'F32', ...(shape.includes(before) ? wider(values, shape) : { values, shape }) }
})
file.close()
writeSafetensors(join(to, 'model.safetensors'), tensors)
console.log(`${texts.length} pieces, ${fresh.length} of them new`)

/** A matrix with a row for each piece, or a bias with a number for each. */
function wider(old, shape) {
  const width = old.length / before
  const values = new Float32Array(texts.length * width)
  values.set(old)
  const spread = Math.sqrt(old.reduce((sum, x) => sum + x * x, 0) / old.length) / 2
  for (const id of fresh) for (let k = 0; k < width; k++) values[id * width + k] = width > 1 ? spread * normal() : 0
  return { values, shape: shape.map((n) => (n === before ? texts.length : n)) }
}
