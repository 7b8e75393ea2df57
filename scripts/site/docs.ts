/**
 * The docs as pages of the site: docs/*.md and the reference in docs/api/, with an index for the search. VitePress and
 * its like fix the site's path when they build; these pages have relative addresses alone, as the rest of the site.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import MarkdownIt from 'markdown-it'
import MiniSearch from 'minisearch'
import { type DocsPart, docsFields } from '../../src/look/site/docs-search.ts'
import { pageHtml, type SiteParts } from './page-html.ts'

/** Where files of the repository are that are no pages of the docs. */
const SOURCES = 'https://github.com/glassformer/glassformer/blob/main/'

/** Characters of a part's text that the search shows. */
const EXCERPT = 160

const markdown = new MarkdownIt({ html: true })
// A table that is wider than a phone scrolls, by keys as well.
markdown.renderer.rules.table_open = () => '<table tabindex="0">\n'

/** Writes the pages of the repository at `root` below `docs/` of the site, and the index of the search beside them. */
export function writeDocs(root: string, site: string, shared: SiteParts): number {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const files = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.md'))
    .sort()
  const parts: DocsPart[] = []
  const titles = new Map(files.map((file) => [file, titleOf(readFileSync(join(root, 'docs', file), 'utf8'), file)]))
  for (const file of files) {
    const { html, sections } = pageOf(readFileSync(join(root, 'docs', file), 'utf8'), file)
    const path = file.replace(/\.md$/, '.html')
    const title = titles.get(file) ?? file
    for (const { id, heading, text } of sections)
      parts.push({
        id: parts.length,
        page: title,
        heading,
        text,
        address: `${path}#${id}`,
        excerpt: text.slice(0, EXCERPT),
      })
    const to = join(site, 'docs', path)
    mkdirSync(dirname(to), { recursive: true })
    const page = { file: `docs/${path}`, title, entry: 'docs' }
    writeFileSync(to, pageHtml(page, frame(file, html, titles, version), shared))
  }
  const first = frame('index.md', overview(titles, version), titles, version)
  writeFileSync(
    join(site, 'docs/index.html'),
    pageHtml({ file: 'docs/index.html', title: 'Docs', entry: 'docs' }, first, shared),
  )
  const index = new MiniSearch<DocsPart>(docsFields)
  index.addAll(parts)
  writeFileSync(join(site, 'docs/search.json'), JSON.stringify(index))
  cpSync(join(root, 'docs/pictures'), join(site, 'docs/pictures'), { recursive: true })
  return files.length + 1
}

const titleOf = (text: string, file: string) => /^# (.+)$/m.exec(text)?.[1].replaceAll('`', '') ?? file

interface Section {
  id: string
  heading: string
  text: string
}

/** A page of Markdown as HTML with relative links, and its sections for the search. */
function pageOf(text: string, file: string): { html: string; sections: Section[] } {
  const tokens = markdown.parse(text, {})
  const sections: Section[] = []
  const ids = new Map<string, number>()
  for (const [i, token] of tokens.entries()) {
    if (token.type === 'heading_open') {
      const heading = tokens[i + 1].children?.map(({ content }) => content).join('') ?? ''
      const slug = slugOf(heading)
      const count = ids.get(slug) ?? 0
      ids.set(slug, count + 1)
      const id = count ? `${slug}-${count}` : slug
      token.attrSet('id', id)
      sections.push({ id, heading, text: '' })
    } else if (token.type === 'inline' || token.type === 'fence') {
      const section = sections.at(-1)
      if (section && tokens[i - 1]?.type !== 'heading_open') section.text += `${token.content} `
      for (const child of token.children ?? []) {
        const name = child.type === 'image' ? 'src' : 'href'
        const address = child.attrGet(name)
        if (address !== null) child.attrSet(name, addressIn(file, address))
      }
    }
  }
  return { html: markdown.renderer.render(tokens, { html: true }, {}), sections }
}

/** The anchor that GitHub makes of a heading, so that links within docs/ work in both places. */
const slugOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

/** A page of the docs by its HTML, everything else in the repository by its address there. */
function addressIn(file: string, address: string): string {
  if (/^(\w+:|#)/.test(address)) return address
  const [path, anchor] = address.split('#')
  const target = posix.normalize(posix.join('docs', posix.dirname(file), path))
  const hash = anchor === undefined ? '' : `#${anchor}`
  if (/^docs\/.*\.md$/.test(target)) return `${path.replace(/\.md$/, '.html')}${hash}`
  return target.startsWith('docs/pictures/') ? address : `${SOURCES}${target}${hash}`
}

/** The list of pages, the search, and a page. */
function frame(file: string, html: string, titles: ReadonlyMap<string, string>, version: string): string {
  const up = '../'.repeat(file.split('/').length - 1)
  const link = ([to, title]: [string, string]) =>
    `<li><a href="${up}${to.replace(/\.md$/, '.html')}"${to === file ? ' aria-current="page"' : ''}>${title}</a></li>`
  const list = (folder: string) =>
    [...titles]
      .filter(([to]) => posix.dirname(to) === folder)
      .map(link)
      .join('\n')
  return `<div class="docs" data-docs="${up}">
<aside aria-label="Docs">
<label for="search">Search</label>
<input id="search" type="search" autocomplete="off">
<ul id="found" aria-label="Found"></ul>
<details id="contents">
<summary>All pages, version ${version}</summary>
<ul>${list('.')}</ul>
<h3>Reference</h3>
<ul>${list('api')}</ul>
<h3>Notebook</h3>
<ul>${list('notebook')}</ul>
</details>
</aside>
<main>
${html}
</main>
</div>
`
}

function overview(titles: ReadonlyMap<string, string>, version: string): string {
  const list = [...titles].filter(([file]) => !file.includes('/'))
  return `<h1>Documentation</h1>
<p>Version ${version}. The same pages are Markdown in the folder docs/ of the repository.</p>
<h2>An example that runs here</h2>
<p>The program of <a href="./browser.html">In the browser</a>, with the model that the site has:</p>
<pre><code>const translator = await Translator.load('/models/fr-en')
const { text: printed } = await translator.translate(text, { beams })</code></pre>
<form id="example">
<label>text <input name="text" lang="fr" value="Je suis étudiant." autocomplete="off"></label>
<label>beams <input name="beams" type="number" min="1" max="8" value="4"></label>
<button type="submit">Run</button>
<output id="printed"></output>
</form>
<p id="state" role="status"></p>
<progress id="progress" max="1" value="0" aria-label="Loading the model" hidden></progress>
<h2>Pages</h2>
<ul>${list.map(([file, title]) => `<li><a href="./${file.replace(/\.md$/, '.html')}">${title}</a></li>`).join('\n')}</ul>`
}
