/**
 * The script of a newcomer's own project (newcomer.test.ts): import, require, a paragraph, a stream, an abort, a
 * server. It prints the results as JSON.
 */
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { text as textOf } from 'node:stream/consumers'
import { Translator } from 'glassformer'

const required = createRequire(import.meta.url)('glassformer')
const translator = await Translator.load()

const paragraph = await translator.translate('Je suis étudiant. Il fait froid ce matin. Merci beaucoup.')

const pieces = []
for await (const { text } of translator.stream('Il fait froid ce matin.', { beams: 1 })) pieces.push(text)

const aborted = await translator
  .translate(Array(1000).fill('Je suis étudiant.'), { signal: AbortSignal.timeout(20) })
  .catch(({ code }) => code)

const server = createServer(async (request, response) => {
  const { text } = await translator.translate(await textOf(request))
  response.end(text)
})
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const served = await fetch(`http://127.0.0.1:${server.address().port}/`, { method: 'POST', body: 'Merci beaucoup.' })

console.log(
  JSON.stringify({
    requiresTheSame: required.Translator === Translator,
    paragraph: paragraph.text,
    streamed: { pieces: pieces.length > 1, text: pieces.join('') },
    aborted,
    served: await served.text(),
    backend: translator.backendInfo().backend,
  }),
)
server.close()
server.closeAllConnections()
await translator.close()
