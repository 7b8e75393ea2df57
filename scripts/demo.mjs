/**
 * A demonstration of Glassformer in a minute: completes the setup, then translates French with the embedded model, and
 * back.
 */
import './setup.mjs'

const { Translator } = await import('../dist/index.js')

const paragraph = 'Marie Dupont habite à Strasbourg depuis 1987. Pour plus d’informations, écrivez à marie@example.com.'
const sentences = [
  'Je suis étudiant.',
  'Où est la gare, s’il vous plaît ?',
  'Il fait très froid ce matin.',
  'J’ai oublié mon parapluie dans le train.',
  'Nous n’avons pas assez de temps.',
  'Si j’avais su, je ne serais pas venu.',
]

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(2)} s`

const beforeLoading = performance.now()
const translator = await Translator.load()
const loading = seconds(beforeLoading)
try {
  const { backend, blas, isa, threads, precision, reasons } = translator.backendInfo()
  const how = {
    native: `C++ kernels for ${isa}, BLAS: ${blas}`,
    wasm: `WebAssembly, ${isa}`,
    js: 'plain JavaScript',
  }
  console.log(`\nbackend: ${backend} (${how[backend]}, ${precision}, threads: ${threads})`)
  for (const reason of reasons) console.log(`  not native, since ${reason}`)
  if (backend !== 'native' && reasons.length === 0) console.log('  as GLASSFORMER_BACKEND asks')
  console.log(`\nmodel loaded in ${loading}\n`)

  const { text } = await translator.translate(paragraph)
  console.log(`${paragraph}\n  →  ${text}`)
  const back = await Translator.load('en-fr')
  console.log(`  ←  ${(await back.translate(text)).text}\n`)
  await back.close()

  const beforeTranslating = performance.now()
  const results = await translator.translate(sentences)
  const translating = seconds(beforeTranslating)
  const width = Math.max(...sentences.map((sentence) => sentence.length))
  sentences.forEach((sentence, i) => {
    console.log(`${sentence.padEnd(width)}  →  ${results[i].text}`)
  })
  console.log(`\n${sentences.length} sentences in ${translating}`)

  console.log(`\nthe four beams of “${sentences[0]}”, with their scores (mean log-probability per token)`)
  const { alternatives } = await translator.translate(sentences[0], { beams: 4, alternatives: 4 })
  for (const { text, score } of alternatives) console.log(`  ${score.toFixed(3)}  ${text}`)
} finally {
  await translator.close()
}
