declare const document: { baseURI: string } | undefined
declare const location: { href: string }

/** The base of relative addresses: the page's address. */
export const baseUrl = (): string => (typeof document === 'undefined' ? location.href : document.baseURI)
