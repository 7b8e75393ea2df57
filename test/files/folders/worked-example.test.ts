import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { writeSafetensors } from '#dist/formats/tensors/safetensors-writer.js'
import { Translator } from '#dist/use/translate/translator.js'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { lacks, runPython } from '../../learn/train/vocabulary/python.ts'
import { sharedFolder } from '../../shared-folder.ts'

const scratch = scratchFolder()

/** A section of docs/model-format.md that says how to rename a checkpoint: its script, and its config.json. */
function example(title: string) {
  const text = readFileSync(new URL('../../../docs/model-format.md', import.meta.url), 'utf8')
  const section = text.slice(text.indexOf(`\n## ${title}`))
  const block = (language: string) => section.match(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's'))![1]
  return { block, script: block('js'), config: block('json') }
}

/**
 * Runs an example in a folder of its own; `make` writes the checkpoint, `change` edits config.json. Gives the model, and
 * the checkpoint's values.
 */
async function run(title: string, make: (path: string) => void, change = (config: string) => config) {
  const { script, config } = example(title)
  const folder = join(scratch, `example-${Math.random()}`)
  mkdirSync(join(folder, 'my-model'), { recursive: true })
  make(join(folder, 'checkpoint.safetensors'))
  // The package's name leads to the built files, and the example's paths to a folder of its own.
  writeFileSync(
    join(folder, 'glassformer.mjs'),
    ['formats/tensors/safetensors.js', 'formats/tensors/safetensors-writer.js']
      .map((file) => `export * from ${JSON.stringify(new URL(`../../../dist/${file}`, import.meta.url).href)}`)
      .join('\n'),
  )
  const placed = script
    .replace(`'glassformer'`, `'./glassformer.mjs'`)
    .replace(/'((?:checkpoint|my-model\/model)\.safetensors)'/g, (_, path) => JSON.stringify(join(folder, path)))
  writeFileSync(join(folder, 'rename.mjs'), placed)
  await import(/* @vite-ignore */ pathToFileURL(join(folder, 'rename.mjs')).href)
  writeFileSync(join(folder, 'my-model', 'config.json'), change(config))
  const original = openSafetensors(join(folder, 'checkpoint.safetensors'))
  const value = (name: string) => {
    const values = new Float32Array(original.tensors.get(name)!.bytes / 4)
    original.readFloats(name, values)
    return values
  }
  return {
    folder: join(folder, 'my-model'),
    model: loadFolder(join(folder, 'my-model')),
    value,
    close: () => original.close(),
  }
}

const withOrder = (order: string) => (config: string) => config.replace(/"order": "\w+"/, `"order": "${order}"`)

describe('the worked example of docs/model-format.md', () => {
  const rename = (order: string, make: (path: string) => void) => run('A worked example', make, withOrder(order))

  /** A checkpoint as the example describes it, made from the shape of a model of ours. */
  function checkpoint(path: string, order: 'pre' | 'post', embedding = 'shared.weight') {
    const d = 32
    const vector = (name: string, n = d): [string, number[]] => [name, [n]]
    const linear = (name: string, out: number, into: number): [string, number[]][] => [
      [`${name}.weight`, [out, into]],
      vector(`${name}.bias`, out),
    ]
    const norm = (name: string) => [vector(`${name}.weight`), vector(`${name}.bias`)]
    const shapes: [string, number[]][] = [
      [embedding, [48, d]],
      ['final_logits_bias', [1, 48]],
    ]
    for (const side of ['encoder', 'decoder']) {
      if (order === 'pre') shapes.push(...norm(`${side}.layer_norm`))
      for (const layer of [0, 1]) {
        const at = `${side}.layers.${layer}`
        for (const attention of side === 'encoder' ? ['self_attn'] : ['self_attn', 'encoder_attn']) {
          for (const part of ['q', 'k', 'v', 'out']) shapes.push(...linear(`${at}.${attention}.${part}_proj`, d, d))
          shapes.push(...norm(`${at}.${attention}_layer_norm`))
        }
        shapes.push(...linear(`${at}.fc1`, 64, d), ...linear(`${at}.fc2`, d, 64), ...norm(`${at}.final_layer_norm`))
      }
    }
    const tensors = shapes.map(([name, shape], k) => ({
      name,
      shape,
      dtype: 'F32' as const,
      values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
        Math.fround(Math.sin(i + 100 * k)),
      ),
    }))
    writeSafetensors(path, tensors)
  }

  test.each(['pre', 'post'] as const)('runs and gives a model (%s-norm)', async (order) => {
    const { model, value, close } = await rename(order, (path) => checkpoint(path, order))
    expect(model.config).toMatchObject({
      dModel: 32,
      norm: { order },
      embeddingScale: Math.sqrt(32),
      sharedEmbedding: true,
    })
    const { weights } = model
    expect(weights.get('embedding.weight')).toEqual(value('shared.weight'))
    expect(weights.get('output.bias')).toEqual(value('final_logits_bias'))
    expect(weights.get('decoder.1.crossAttention.value.weight')).toEqual(
      value('decoder.layers.1.encoder_attn.v_proj.weight'),
    )
    expect(weights.get('decoder.0.crossAttentionNorm.bias')).toEqual(
      value('decoder.layers.0.encoder_attn_layer_norm.bias'),
    )
    expect(weights.get('encoder.1.feedForward.outer.weight')).toEqual(value('encoder.layers.1.fc2.weight'))
    if (order === 'pre') expect(weights.get('decoder.norm.weight')).toEqual(value('decoder.layer_norm.weight'))
    close()
  })

  // PyTorch's save_model stores what modules share under the name of one of them.
  test.each(['decoder.embed_tokens.weight', 'lm_head.weight'])('takes the embedding from %s', async (name) => {
    const { model, value, close } = await rename('pre', (path) => checkpoint(path, 'pre', name))
    expect(model.weights.get('embedding.weight')).toEqual(value(name))
    close()
  })

  test.skipIf(!sharedFolder).each(['pre', 'post'] as const)(
    'renames a real checkpoint of PyTorch (%s-norm)',
    async (order) => {
      const init = join(sharedFolder!, 'golden', 'training', `${order}-norm`, 'init.safetensors')
      const { model, value, close } = await rename(order, (path) => copyFileSync(init, path))
      expect(model.weights.get('encoder.0.selfAttention.query.weight')).toEqual(
        value('encoder.layers.0.self_attn.q_proj.weight'),
      )
      close()
    },
  )
})

describe('the names of torch.nn.Transformer in docs/model-format.md', () => {
  const golden = (file: string) => new URL(`../../golden/torch-transformer/${file}`, import.meta.url)
  const { source, target, logits } = JSON.parse(readFileSync(golden('expected.json'), 'utf8'))

  test.each([
    ['postFinal', 'post'],
    ['pre', 'pre'],
  ])("make a model with PyTorch's logits (%s)", async (order, logitsOf) => {
    const make = (path: string) => copyFileSync(golden('model.safetensors'), path)
    const { model, close } = await run('torch.nn.Transformer', make, withOrder(order))
    close()
    const player = new JsPlayer()
    const [computed] = new ForcedDecoder(player, model.weights).trace([{ source, target }], ['output.out'])
    player.close()
    expectClose(computed, logits[logitsOf], 1e-6)
  })
})

const reason = lacks('lemmaturk')

describe.skipIf(reason !== null)(
  `the trained model of docs/model-format.md${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    test("has PyTorch's logits and lemmas", async () => {
      const { block, config } = example('A trained model: Turkish lemmas')
      const make = (path: string) => {
        execFileSync(process.env.GLASSFORMER_PYTHON!, ['-c', block('python')], { cwd: dirname(path) })
      }
      const { folder, model, close } = await run('torch.nn.Transformer', make, () => config)
      close()
      const words = ['gidiyorum', 'kitaplar', 'gözlükçü', 'yapılandırılması', 'bilgisayarlarımız', 'İstanbul', 'q']
      const answers: { source: number[]; target: number[]; logits: number[]; lemma: string }[] = runPython(
        '../../../files/folders/lemmaturk_answers.py',
        words,
      )
      const player = new JsPlayer()
      for (const { source, target, logits } of answers) {
        const [computed] = new ForcedDecoder(player, model.weights).trace([{ source, target }], ['output.out'])
        expectClose(computed, logits, 1e-5)
      }
      player.close()
      await using translator = await Translator.load(folder, { workers: 1, precision: 'float32' })
      const translated = await translator.translate(words.map((word) => [...word].join(' ')))
      expect(translated.map(({ text }) => text)).toEqual(answers.map(({ lemma }) => lemma))
      expect(answers[1].lemma).toBe('kitap')
    })
  },
)
