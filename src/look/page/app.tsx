import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import { Frame } from './frame.tsx'
import { chooseToken } from './parts/lit.ts'
import { type Address, addressText, BadParameter, changed, parseAddress } from './state/address.ts'
import type { LiveModel } from './state/live-model.ts'
import { type Page, PageContext } from './state/page.ts'
import type { PageData } from './state/page-data.ts'
import { runOf } from './state/run.ts'
import { Traces } from './state/traces.ts'
import { Stopped } from './stopped.tsx'
import { views } from './views/registry.ts'

/** The URL's address, or the initial one. */
function here({ start }: PageData): Address {
  const address = parseAddress(location.hash.length > 1 ? location.hash : start)
  return address.view === '' ? { ...address, view: views[0].name } : address
}

/** The whole page for the current address. */
export function App({ data }: { data: PageData }) {
  const [address, setAddress] = useState(() => here(data))
  const [, setLoads] = useState(0)
  const [live, setLive] = useState<LiveModel | null>(null)
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
  const models = live && !data.models.includes(live.name) ? [...data.models, live.name] : data.models
  const use = (model: LiveModel) => {
    setLive(model)
    if (!models.includes(model.name)) go({ model: model.name })
  }
  try {
    const run = runOf(address, models, data.source)
    const exported = data.exported !== null && run.model !== live?.name
    const page = { address, data: { ...data, models }, traces, run, exported, live, setLive: use, go, slide }
    return (
      <PageContext.Provider value={page}>
        <Frame />
      </PageContext.Provider>
    )
  } catch (error) {
    if (error instanceof BadParameter) return <Stopped error={error} go={go} />
    throw error
  }
}
