/** The pages of the docs: their search, which needs no server, and the example that runs here. */
import MiniSearch, { type SearchResult } from 'minisearch'
import { Translator } from '../../use/web/index.ts'
import { type DocsPart, docsFields } from './docs-search.ts'
import { element } from './header.ts'
import { beside, fetchModel, siteCode } from './model.ts'

/** The number of parts that the search shows. */
const MOST = 12

const search = element<HTMLInputElement>('search')
const found = element('found')
/** The folder of the docs, from this page. */
const up = document.querySelector<HTMLElement>('.docs')?.dataset.docs ?? ''

let index: Promise<MiniSearch<DocsPart>> | undefined

// On a wide screen the list of pages stands beside the page.
element<HTMLDetailsElement>('contents').open = matchMedia('(min-width: 900px)').matches

search.oninput = () => void showFound()
// A reader may have typed before this code was here.
void showFound()

async function showFound(): Promise<void> {
  const words = search.value
  if (words.trim() === '') return found.replaceChildren()
  index ??= fetch(new URL(`${up}search.json`, location.href))
    .then((response) => response.text())
    .then((json) => MiniSearch.loadJSON<DocsPart>(json, docsFields))
  const results = (await index).search(words)
  if (words === search.value) found.replaceChildren(...results.slice(0, MOST).map(itemOf))
}

function itemOf({ page, heading, address, excerpt }: SearchResult): HTMLLIElement {
  const link = document.createElement('a')
  link.href = `${up}${address}`
  link.textContent = heading === page ? page : `${page}: ${heading}`
  const item = document.createElement('li')
  item.append(link, ' ', excerpt)
  return item
}

const form = document.getElementById('example')
let translator: Promise<Translator> | undefined

form?.addEventListener('submit', async (event) => {
  event.preventDefault()
  const given = new FormData(event.currentTarget as HTMLFormElement)
  const printed = element('printed')
  printed.textContent = 'The model is loading.'
  try {
    translator ??= fetchModel().then(({ files }) =>
      Translator.load(files, { worker: siteCode.worker(), wasm: beside('wasm/') }),
    )
    const running = await translator
    const { text } = await running.translate(String(given.get('text')), { beams: Number(given.get('beams')) })
    printed.textContent = text
  } catch (error) {
    printed.textContent = (error as Error).message
  }
})
