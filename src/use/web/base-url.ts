declare const document: { baseURI: string } | undefined
declare const location: { href: string }

/** The address to which relative ones belong: the page's. */
export const baseUrl = (): string => (typeof document === 'undefined' ? location.href : document.baseURI)
