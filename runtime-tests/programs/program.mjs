// The program that every runtime runs: it translates, streams, aborts, parses a document in a thread, serves and closes. Returns what it found.
import { backendInfo, Translator } from 'glassformer'
import { serve } from 'glassformer/serve'

export async function run() {
  const found = {}
  const translator = await Translator.load()
  found.text = (await translator.translate('Je suis étudiant.')).text
  found.sync = translator.translateSync('Merci beaucoup.').text

  const pieces = []
  for await (const piece of translator.stream('Il fait beau, et nous sommes contents.')) pieces.push(piece.text)
  found.pieces = pieces.length
  found.streamed = pieces.join('')

  const controller = new AbortController()
  const long = translator.translate('Il fait froid ce matin. '.repeat(2000), { signal: controller.signal })
  setTimeout(() => controller.abort(), 50)
  found.aborted = await long.then(
    () => 'translated to the end',
    (error) => error.code,
  )
  found.after = (await translator.translate('Où est la gare ?')).text
  found.document = (await translator.translate('<p>Je suis <b>étudiant</b>.</p>', { format: 'html' })).text
  await translator.close()
  found.closed = await translator.translate('Merci.').then(
    () => 'translated',
    (error) => error.code,
  )

  const server = await serve({ port: 0, models: ['fr-en'] })
  const response = await fetch(`${server.url}/v1/translate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'Je suis étudiant.' }),
  })
  found.served = (await response.json()).translations?.[0]?.text
  found.page = (await (await fetch(server.url)).text()).startsWith('<!doctype html>')
  await server.close()

  const { backend, binary, reasons } = backendInfo()
  return { ...found, backend, binary, reasons }
}
