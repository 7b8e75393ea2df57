import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openSafetensors } from '#dist/index.js'
import { sharedFolder } from '../../shared-folder.ts'

/** A case of a golden: a text or pair, and what transformers makes of it. */
export interface GoldenCase {
  text: string
  pair?: string
  input_ids: number[]
  token_type_ids?: number[]
  offset_mapping: [number, number][]
  decoded: string
  decoded_skip_special: string
  logits?: number[]
}

/** A folder of an encoder, and the values that transformers and sentence-transformers compute of it. */
export interface Golden {
  name: string
  model: string
  max_length: number
  cases: GoldenCase[]
  // biome-ignore lint/suspicious/noExplicitAny: the results of pipelines are as many kinds as there are pipelines
  [key: string]: any
}

const copied = fileURLToPath(new URL('../../golden/encoders/', import.meta.url))
const shared = `${sharedFolder}/golden/encoders/`

/** Families that are not read. */
const LATER = /gemma/

/** All goldens that are there: three lie in this repository, the others beside it. */
export const goldens: Golden[] = [...new Set([copied, shared])].flatMap((root) =>
  existsSync(root)
    ? readdirSync(root)
        .filter((name) => existsSync(`${root}${name}/model`) && !LATER.test(name))
        .filter((name) => root === copied || !existsSync(`${copied}${name}`))
        .map((name) => ({
          ...JSON.parse(readFileSync(`${root}${name}/expected.json`, 'utf8')),
          name,
          model: `${root}${name}/model`,
        }))
    : [],
)

/** Reads the tensors of a golden by name; null where there is no such tensor. */
export function tensorsOf({ model }: Golden): (name: string) => Float32Array | null {
  const path = model.replace(/model$/, 'expected.safetensors')
  if (!existsSync(path)) return () => null
  return (name) => {
    const source = openSafetensors(path)
    try {
      const entry = source.tensors.get(name)
      if (!entry) return null
      const values = new Float32Array(entry.shape.reduce((a, b) => a * b, 1))
      source.readFloats(name, values)
      return values
    } finally {
      source.close()
    }
  }
}

/** The largest difference, in parts of the largest expected value. */
export function differenceOf(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY
  let [most, far] = [0, 0]
  for (let i = 0; i < expected.length; i++) {
    most = Math.max(most, Math.abs(expected[i]))
    const difference = Math.abs(found[i] - expected[i])
    far = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(far, difference)
  }
  return far / (most || 1)
}
