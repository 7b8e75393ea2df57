// A Worker of Cloudflare's that translates: POST a French text, and the answer is English. The model is a part of the Worker.
import config from '@glassformer/fr-en/config.json'
import generation from '@glassformer/fr-en/generation_config.json'
import weights from '@glassformer/fr-en/model.safetensors'
import source from '@glassformer/fr-en/source.spm'
import tokenizer from '@glassformer/fr-en/tokenizer_config.json'
import vocabulary from '@glassformer/fr-en/vocab.json'
import wasm from 'glassformer/wasm/glassformer-relaxed.wasm'
import { Translator } from 'glassformer/web'

const model = {
  'config.json': config,
  'generation_config.json': generation,
  'model.safetensors': weights,
  'source.spm': source,
  'target.spm': source, // the same pieces, all that translations need of it: a Worker may have 10 MB with gzip
  'tokenizer_config.json': tokenizer,
  'vocab.json': vocabulary,
}

/** A promise of the translator of this isolate, which the first request loads and later ones share. */
let loading

function load() {
  const files = Object.entries(model).map(([name, bytes]) => new File([bytes], name))
  // Fewer tokens at once take less of the 128 MB that an isolate has.
  loading ??= Translator.load(files, { worker: false, wasm, batchTokens: 512 }).catch((error) => {
    loading = undefined // the next request tries again
    throw error
  })
  return loading
}

export default {
  async fetch(request, _environment, context) {
    if (request.method !== 'POST') return new Response('POST a text\n', { status: 405, headers: { allow: 'POST' } })
    const translator = load()
    context.waitUntil(translator) // other requests wait for it, even if this one's client goes away
    try {
      const { text } = await (await translator).translate(await request.text())
      return new Response(text)
    } catch (error) {
      if (error.code === 'ERR_WORKER') loading = undefined // the model's memory cannot be used any more
      const status = error.code === 'ERR_INPUT' || error.code === 'ERR_INPUT_TOO_LONG' ? 400 : 500
      return new Response(`${error.code ?? 'error'}: ${error.message}\n`, { status })
    }
  },
}
