import { pages, type SitePage } from '../../src/look/site/pages.ts'

/** No inline scripts, no other hosts, no eval; pictures have style attributes. */
const policy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** A page of the site around the HTML of its own part; `model` is the pack that it loads. */
export const pageHtml = (
  { file, title, entry }: SitePage,
  body: string,
  model: { path: string; bytes: number },
): string => `<!doctype html>
<html lang="en" data-theme="auto" data-model="${model.path}" data-bytes="${model.bytes}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Glassformer</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="./site.css">
</head>
<body>
<nav id="site" aria-label="Pages">
<a href="./index.html" class="brand">Glassformer</a>
<div>
${pages.map((other) => `<a href="./${other.file}"${other.file === file ? ' aria-current="page"' : ''}>${other.title}</a>`).join('\n')}
</div>
<button id="theme" type="button">Theme</button>
</nav>
${body}<noscript>This page runs a model, for which it needs JavaScript.</noscript>
<script src="./from-disk.js"></script>
<script type="module" src="./${entry}.js"></script>
</body>
</html>
`
