import type { SitePage } from '../../src/look/site/pages.ts'

/** What all pages of a site have in common. */
export interface SiteParts {
  /** The pages in the navigation. */
  pages: readonly SitePage[]
  /** The pack of the model that pages load: its path in the site, and its bytes. */
  model: { path: string; bytes: number }
}

/**
 * No inline scripts, no other hosts, no eval; pictures have style attributes. A page that is open may fetch a model from
 * the host that a visitor chooses, and run the script of the microphone, which is a blob.
 */
const policyOf = ({ isOpen }: SitePage): string =>
  [
    "default-src 'self'",
    `script-src 'self' 'wasm-unsafe-eval'${isOpen ? ' blob:' : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    ...(isOpen ? ["connect-src 'self' https:", "media-src 'self' blob:"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

/** A page of the site around the HTML of its own part. A page of the docs is in a folder: its links go up. */
export function pageHtml(page: SitePage, body: string, { pages, model }: SiteParts): string {
  const { file, title, entry } = page
  const up = '../'.repeat(file.split('/').length - 1) || './'
  const linkOf = (other: SitePage) => {
    const isHere = other.file === file || other.entry === entry
    return `<a href="${up}${other.file}"${isHere ? ' aria-current="page"' : ''}>${other.title}</a>`
  }
  return `<!doctype html>
<html lang="en" data-theme="auto" data-up="${up}" data-model="${model.path}" data-bytes="${model.bytes}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(page)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title.replaceAll('<', '&lt;')} · Glassformer</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${up}site.css">
</head>
<body>
<nav id="site" aria-label="Pages">
<a href="${up}index.html" class="brand">Glassformer</a>
<div>
${pages.map(linkOf).join('\n')}
</div>
<button id="theme" type="button">Theme</button>
</nav>
${body}<noscript>This page runs a model, for which it needs JavaScript.</noscript>
<script src="${up}from-disk.js"></script>
<script type="module" src="${up}${entry}.js"></script>
</body>
</html>
`
}
