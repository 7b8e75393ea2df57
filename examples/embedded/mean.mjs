/**
 * The mean of the weights of several models of one shape (Wortsman et al. 2022, "Model soups"), stored in float32. The other files are
 * those of the first.
 *
 *     node examples/embedded/mean.mjs OUT FOLDER FOLDER …
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FILE = 'model.safetensors'
const [to, ...folders] = process.argv.slice(2)
const models = folders.map((folder) => {
  const bytes = readFileSync(join(folder, FILE))
  const start = 8 + Number(bytes.readBigUInt64LE(0))
  return { bytes, start, header: JSON.parse(bytes.toString('utf8', 8, start)) }
})
const first = models[0]
const values = Buffer.alloc(first.bytes.length - first.start)
for (const [name, tensor] of Object.entries(first.header)) {
  if (name === '__metadata__') continue
  if (models.some(({ header }) => header[name]?.dtype !== 'F32')) throw new Error(`${name} is not in float32 in every folder`)
  const [from, end] = tensor.data_offsets
  for (let at = 0; from + at < end; at += 4) {
    const each = models.map(({ bytes, start, header }) => bytes.readFloatLE(start + header[name].data_offsets[0] + at))
    values.writeFloatLE(each.reduce((sum, value) => sum + value, 0) / each.length, from + at)
  }
}
mkdirSync(to, { recursive: true })
for (const file of readdirSync(folders[0])) if (file !== FILE) copyFileSync(join(folders[0], file), join(to, file))
writeFileSync(join(to, FILE), Buffer.concat([first.bytes.subarray(0, first.start), values]))
