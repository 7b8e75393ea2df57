import { useState } from 'preact/hooks'
import { exampleOf, type Route } from './openapi.ts'
import { answerText, headersOf, type Server } from './server.ts'

interface Props {
  server: Server
  path: string
  method: string
  route: Route
}

/** One route: its description, a form that sends a request, and the answer. */
export function RouteForm({ server, path, method, route }: Props) {
  const { summary, description, requestBody, parameters = [] } = route
  const schema = requestBody?.content?.['application/json']?.schema
  const [body, setBody] = useState(() => schema && JSON.stringify(exampleOf(schema), null, 2))
  const [values, setValues] = useState<Record<string, string>>({})
  const [answer, setAnswer] = useState('')

  async function send() {
    setAnswer('…')
    try {
      const headers = headersOf(server, body === undefined ? {} : { 'content-type': 'application/json' })
      const url = server.base + filled(path, parameters, values).slice(1)
      setAnswer(await answerText(await fetch(url, { method, headers, body })))
    } catch (error) {
      setAnswer(String(error))
    }
  }

  return (
    <details>
      <summary>
        <code>
          {method.toUpperCase()} {path}
        </code>{' '}
        {summary}
      </summary>
      <p>{description}</p>
      {parameters.map(({ name }) => (
        <input
          key={name}
          aria-label={name}
          placeholder={name}
          value={values[name] ?? ''}
          onInput={({ currentTarget: { value } }) => setValues({ ...values, [name]: value })}
        />
      ))}
      {body !== undefined && (
        <textarea
          aria-label="body of the request"
          spellcheck={false}
          value={body}
          onInput={({ currentTarget: { value } }) => setBody(value)}
        />
      )}
      <button type="button" onClick={send}>
        Send
      </button>
      <pre aria-live="polite">{answer}</pre>
      <ul>
        {Object.entries(schema?.properties ?? {}).map(([name, { description = '' }]) => (
          <li key={name}>
            <code>{name}</code> {description}
          </li>
        ))}
      </ul>
    </details>
  )
}

/** The path with the values of its parameters, and the others as a query. */
function filled(path: string, parameters: NonNullable<Route['parameters']>, values: Record<string, string>): string {
  const query = new URLSearchParams()
  let url = path
  for (const { name, in: place } of parameters) {
    const value = values[name] ?? ''
    if (place === 'path') url = url.replace(`{${name}}`, encodeURIComponent(value))
    else if (value) query.set(name, value)
  }
  return query.size ? `${url}?${query}` : url
}
