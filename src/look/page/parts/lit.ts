/**
 * Linked highlighting. Marks of a token carry `data-token`: 'source:3', or several names, as a word of two pieces does;
 * marks of a query's attention to a key carry `data-query` and `data-key`. The token under the pointer, or of the
 * focused mark, is highlighted everywhere; otherwise the token that the address has chosen is. A single style sheet
 * does this, without redrawing.
 */
const sheet = new CSSStyleSheet()

interface Lit {
  tokens: readonly string[]
  /** The highlighted pair of query and key: the lines of others fade. */
  look: { query: string; key: string } | null
}

const nothing: Lit = { tokens: [], look: null }
let chosen = nothing

/** To be called once. */
export function lightTokens(): void {
  document.adoptedStyleSheets.push(sheet)
  const begin = (event: Event) => {
    const mark = (event.target as Element).closest<HTMLElement | SVGElement>('[data-token],[data-query][data-key]')
    if (mark) show(litBy(mark.dataset))
  }
  const end = () => show(chosen)
  document.addEventListener('pointerover', begin)
  document.addEventListener('pointerout', end)
  document.addEventListener('focusin', begin)
  document.addEventListener('focusout', end)
}

/** The token that stays highlighted: 'source:3', or null. */
export function chooseToken(token: string | null): void {
  chosen = { tokens: namesIn(token), look: null }
  show(chosen)
}

/** Highlights a pair of query and key, until the pointer moves on. */
export const lightLook = (query: string, key: string): void => show(litBy({ query, key }))

function litBy({ token, query, key }: DOMStringMap): Lit {
  if (token !== undefined) return { tokens: namesIn(token), look: null }
  const [queries, keys] = [namesIn(query), namesIn(key)]
  if (!queries.length || !keys.length) return nothing
  return { tokens: [...queries, ...keys], look: { query: queries[0], key: keys[0] } }
}

const named = /^(source|target):\d+$/

const namesIn = (text: string | null | undefined) => (text ?? '').split(' ').filter((name) => named.test(name))

function show({ tokens, look }: Lit): void {
  sheet.replaceSync(tokens.length ? rules(tokens, look) : '')
}

function rules(tokens: readonly string[], look: Lit['look']): string {
  const having = (attribute: string) => tokens.map((token) => `[data-${attribute}~='${token}']`).join()
  const token = `:is(${having('token')})`
  const meant = look
    ? `[data-query~='${look.query}'][data-key~='${look.key}']`
    : `:is(${having('query')},${having('key')})`
  return `
    .token${token} { background: var(--lit); color: var(--ink); border-color: var(--ink); }
    svg text${token}, svg g${token} > text { font-weight: 700; text-decoration: underline; }
    svg g${token} > .ground { fill: var(--lit); }
    svg rect${token}, svg rect${meant} { stroke: var(--ink); stroke-width: 1; }
    .picture:has(path${meant}) path[data-query]:not(${meant}) { opacity: 0.06; }
    .picture:has(rect${meant}) rect[data-query][data-key]:not(${meant}) { opacity: 0.3; }`
}
