import { render } from 'preact'
import { useState } from 'preact/hooks'
import type { Description } from './openapi.ts'
import { RouteForm } from './route-form.tsx'
import { TranslationForm } from './translation-form.tsx'

/** The page on which to try a server: a translation, and every route of openapi.json. */
function TryPage({ base, description: { paths } }: { base: string; description: Description }) {
  const [key, setKey] = useState('')
  const server = { base, key }
  return (
    <main>
      <h1>Glassformer</h1>
      <label>
        API key, on a server that requires one{' '}
        <input type="password" autocomplete="off" onChange={({ currentTarget: { value } }) => setKey(value)} />
      </label>
      {paths['/v1/translate'] && <TranslationForm server={server} />}
      <h2>Routes</h2>
      <p>
        <a href="openapi.json">openapi.json</a> describes all routes.
      </p>
      {Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, route]) => (
          <RouteForm key={`${method} ${path}`} server={server} path={path} method={method} route={route} />
        )),
      )}
    </main>
  )
}

async function start(place: HTMLElement) {
  const base = location.pathname.replace(/docs\/?$/, '')
  try {
    const answer = await fetch(`${base}openapi.json`)
    render(<TryPage base={base} description={await answer.json()} />, place)
  } catch (error) {
    render(<main>The description of this server cannot be read: {String(error)}</main>, place)
  }
}

// biome-ignore lint/style/noNonNullAssertion: the page is written with this element
start(document.getElementById('page')!)
