import type { ComponentType } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import { Frame } from './frame.tsx'
import { chooseToken } from './parts/lit.ts'
import { type Address, addressText, BadParameter, changed, parseAddress } from './state/address.ts'
import type { LiveModel, ModelCode } from './state/live-model.ts'
import { type Page, PageContext } from './state/page.ts'
import type { PageData } from './state/page-data.ts'
import { OF_MODEL, runOf } from './state/run.ts'
import { Traces } from './state/traces.ts'
import { Stopped } from './stopped.tsx'
import { views } from './views/registry.ts'

/** The URL's address, or the initial one. */
function here({ start }: PageData): Address {
  const address = parseAddress(location.hash.length > 1 ? location.hash : start)
  return address.view === '' ? { ...address, view: views[0].name } : address
}

interface AppProps {
  data: PageData
  /** Where the page has the code that runs models; null where a server runs them. */
  code: ModelCode | null
  /** Models that run in the page from the beginning. */
  given?: readonly LiveModel[]
  isInSite?: boolean
  /** Everything on the page. */
  Shell?: ComponentType
}

const Whole = () => <Frame title="Glassformer" />

/** The whole page for the current address. */
export function App({ data, code, given = [], isInSite = false, Shell = Whole }: AppProps) {
  const [address, setAddress] = useState(() => here(data))
  const [, setLoads] = useState(0)
  const [live, setLive] = useState(given)
  const traces = useMemo(() => new Traces(data, () => setLoads((count) => count + 1)), [data])
  traces.live = live

  useEffect(() => {
    const follow = () => setAddress(here(data))
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [data])
  useEffect(() => chooseToken(address.parameters.token ?? null), [address])
  traces.beginRender()
  useLayoutEffect(() => traces.endRender())

  const go: Page['go'] = (changes, view) => {
    location.hash = addressText(changed(here(data), changes, view))
  }
  const slide: Page['slide'] = (changes) => {
    history.replaceState(null, '', addressText(changed(here(data), changes)))
    setAddress(here(data))
  }
  const models = [...new Set([...data.models, ...live.map(({ name }) => name)])]
  const addLive = (model: LiveModel) => {
    setLive([...live.filter(({ name }) => name !== model.name), model])
    if (!models.includes(model.name)) go({ ...OF_MODEL, model: model.name })
  }
  try {
    const run = runOf(address, models, data.source)
    const own = live.find(({ name }) => name === run.model) ?? null
    const exported = data.exported !== null && own === null
    const shown = { ...data, models }
    const page = { address, data: shown, traces, run, exported, live: own, addLive, code, isInSite, go, slide }
    return (
      <PageContext.Provider value={page}>
        <Shell />
      </PageContext.Provider>
    )
  } catch (error) {
    if (error instanceof BadParameter) return <Stopped error={error} go={go} />
    throw error
  }
}
