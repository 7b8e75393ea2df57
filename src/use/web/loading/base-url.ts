declare const document: { baseURI: string } | undefined
declare const location: { href: string } | undefined

/** The base of relative addresses: the page's address; undefined in isolates, which have none. */
export const baseUrl = (): string | undefined =>
  typeof document === 'undefined' ? (typeof location === 'undefined' ? undefined : location.href) : document.baseURI
