import { createHash } from 'node:crypto'

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 54rem; margin: 2rem auto; padding: 0 1rem }
textarea, input, select { box-sizing: border-box; width: 100%; font: inherit; padding: .4rem }
textarea { min-height: 5rem; font-family: ui-monospace, monospace }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .6rem; background: #8882; min-height: 1.5rem }
details { margin: .4rem 0; border-top: 1px solid #8884; padding-top: .4rem }
summary { cursor: pointer } code { font-family: ui-monospace, monospace } label { display: block; margin: .5rem 0 }
button { font: inherit; padding: .3rem 1rem } .row { display: flex; gap: 1rem } .row > * { flex: 1 }
`

const script = `
const base = location.pathname.replace(/docs\\/?$/, '')
const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}
const key = document.querySelector('#key')
const headers = (more) => ({ ...more, ...(key.value && { authorization: 'Bearer ' + key.value }) })
const said = async (answer) => answer.status + ' ' + answer.statusText + '\\n' + shown(await answer.text())
const shown = (text) => { try { return JSON.stringify(JSON.parse(text), null, 2) } catch { return text } }

/** An example of what a schema describes: its needed fields. */
function example(schema = {}, name = '') {
  const { type, properties = {}, required = [], anyOf, items, enum: choices } = schema
  if (name === 'text' || name === 'q') return 'Je suis étudiant.'
  if (name === 'target_lang') return 'EN-US'
  if (/^(source|source_lang)$/.test(name) && type === 'string') return 'fr'
  if (name === 'target' && type === 'string') return 'en'
  if (anyOf) return example(anyOf[0], name)
  if (choices) return choices[0]
  if (type === 'object') return Object.fromEntries(required.map((each) => [each, example(properties[each], each)]))
  if (type === 'array') return [example(items)]
  return type === 'string' ? 'Oui.' : type === 'boolean' ? false : 0
}

function tryRoute(path, method, { summary = '', description = '', requestBody, parameters = [] }) {
  const schema = requestBody?.content?.['application/json']?.schema
  const body = schema && element('textarea', { value: JSON.stringify(example(schema), null, 2) })
  const fields = parameters.map(({ name, in: where }) => ({ name, where, input: element('input', { placeholder: name }) }))
  const out = element('pre')
  const send = element('button', { textContent: 'Send' })
  send.onclick = async () => {
    let url = base + path.slice(1)
    const query = new URLSearchParams()
    for (const { name, where, input } of fields)
      if (where === 'path') url = url.replace('{' + name + '}', encodeURIComponent(input.value))
      else if (input.value) query.set(name, input.value)
    out.textContent = '…'
    try {
      const asked = { method, headers: headers(body && { 'content-type': 'application/json' }), body: body?.value }
      out.textContent = await said(await fetch(url + (query.size ? '?' + query : ''), asked))
    } catch (error) { out.textContent = String(error) }
  }
  const rows = Object.entries(schema?.properties ?? {}).map(([name, { description: words = '' }]) =>
    element('li', {}, element('code', { textContent: name }), ' ' + words))
  return element('details', {},
    element('summary', {}, element('code', { textContent: method.toUpperCase() + ' ' + path }), ' ' + summary),
    element('p', { textContent: description }), ...fields.map(({ input }) => input), ...(body ? [body] : []), send, out,
    element('ul', {}, ...rows))
}

const description = await (await fetch(base + 'openapi.json')).json()
const routes = document.querySelector('#routes')
for (const [path, methods] of Object.entries(description.paths))
  for (const [method, route] of Object.entries(methods)) routes.append(tryRoute(path, method, route))

const [form, text, model, out] = ['#translate', '#text', '#model', '#out'].map((each) => document.querySelector(each))
if (!description.paths['/v1/translate']) form.hidden = true
else loadModels()
async function loadModels() {
  const answer = await fetch(base + 'v1/models', { headers: headers() })
  if (!answer.ok) return
  for (const { name, sources, targets } of (await answer.json()).models)
    model.append(element('option', { value: name, textContent: name + ' (' + (sources.join('|') || 'any') + ' → ' + (targets.join('|') || 'any') + ')' }))
}
key.onchange = () => { model.replaceChildren(); loadModels() }
form.onsubmit = async (event) => {
  event.preventDefault()
  out.textContent = ''
  const answer = await fetch(base + 'v1/translate', {
    method: 'POST',
    headers: headers({ 'content-type': 'application/json', accept: 'application/x-ndjson' }),
    body: JSON.stringify({ text: text.value, model: model.value || undefined }),
  })
  if (!answer.ok) return void (out.textContent = await said(answer))
  let rest = ''
  for (const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader(); ;) {
    const { done, value } = await reader.read()
    if (done) break
    const lines = (rest + value).split('\\n')
    rest = lines.pop()
    for (const { event, text = '', error } of lines.filter(Boolean).map((line) => JSON.parse(line))) {
      if (event === 'piece') out.textContent += text
      if (event === 'translation') out.textContent = text
      if (event === 'error') out.textContent += error.message
    }
  }
}
`

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** What the page may do: run its own script, and ask this server. */
export const tryPagePolicy = `default-src 'none'; img-src data:; script-src ${hash(script)}; style-src ${hash(style)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** A page on which to try the server: it has all that it needs, and asks no other. */
export const tryPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Glassformer</title>
<link rel="icon" href="data:,">
<style>${style}</style>
<h1>Glassformer</h1>
<label>API key, on a server that has some <input id="key" type="password" autocomplete="off"></label>
<form id="translate">
<div class="row"><label>Text <textarea id="text">Je suis étudiant.</textarea></label><label>Translation <pre id="out"></pre></label></div>
<label>Model <select id="model"></select></label>
<button>Translate</button>
</form>
<h2>Routes</h2>
<p>The description of all of them is at <a href="openapi.json">openapi.json</a>.</p>
<div id="routes"></div>
<script type="module">${script}</script>
</html>
`
