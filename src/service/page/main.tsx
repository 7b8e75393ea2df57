import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { DocumentForm } from './document-form.tsx'
import type { Description } from './openapi.ts'
import { RouteForm } from './route-form.tsx'
import { useModels } from './server.ts'
import { TranslationForm } from './translation-form.tsx'

/** The page of a server: a translator, and on another tab every route of openapi.json. */
function ServerPage({ base, description: { paths } }: { base: string; description: Description }) {
  const [key, setKey] = useState('')
  const server = { base, key }
  const models = useModels(server)
  const translates = paths['/v1/translate'] !== undefined
  const tab = useTab(translates ? 'translate' : 'routes')
  return (
    <main>
      <header>
        <h1>Glassformer</h1>
        <nav aria-label="Tabs">
          {translates && <TabLink name="translate" title="Translate" open={tab} />}
          <TabLink name="routes" title="Routes" open={tab} />
        </nav>
        <label class="key">
          API key, on a server that requires one{' '}
          <input type="password" autocomplete="off" onChange={({ currentTarget: { value } }) => setKey(value)} />
        </label>
      </header>
      {tab === 'translate' && translates && (
        <>
          <TranslationForm server={server} models={models} />
          {paths['/v1/documents'] && <DocumentForm server={server} models={models} />}
        </>
      )}
      {/* The forms keep what was typed while the other tab is open. */}
      <div hidden={tab !== 'routes'}>
        <h2>Routes</h2>
        <p>
          <a href="openapi.json">openapi.json</a> describes all routes.
        </p>
        {Object.entries(paths).flatMap(([path, methods]) =>
          Object.entries(methods).map(([method, route]) => (
            <RouteForm key={`${method} ${path}`} server={server} path={path} method={method} route={route} />
          )),
        )}
      </div>
    </main>
  )
}

const TabLink = ({ name, title, open }: { name: string; title: string; open: string }) => (
  <a href={`#${name}`} aria-current={name === open ? 'page' : undefined}>
    {title}
  </a>
)

/** The tab that the address names, `#routes`. */
function useTab(first: string): string {
  const here = () => location.hash.slice(1) || first
  const [tab, setTab] = useState(here)
  useEffect(() => {
    const follow = () => setTab(here())
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return tab
}

async function start(place: HTMLElement) {
  const base = location.pathname.replace(/docs\/?$/, '')
  try {
    const answer = await fetch(`${base}openapi.json`)
    render(<ServerPage base={base} description={await answer.json()} />, place)
  } catch (error) {
    render(<main>The description of this server cannot be read: {String(error)}</main>, place)
  }
}

// biome-ignore lint/style/noNonNullAssertion: the page is written with this element
start(document.getElementById('page')!)
