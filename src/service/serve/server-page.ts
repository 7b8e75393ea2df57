import { fileURLToPath } from 'node:url'
import { inlineHashes } from '../../base/package/inline-hashes.ts'
import { packageFolder } from '../../base/package/package-folder.ts'
import { readText } from '../../formats/disk/read-file.ts'

/** Maximum size of the page, some times its present size. */
const FILE = { what: 'the page of the server', most: 1 << 20, code: 'ERR_FILE' } as const

/**
 * The page on which to try the server (src/service/page/), and a Content-Security-Policy by which it runs its own
 * script and asks its own server.
 * @throws GlassformerError ERR_FILE where the package is incomplete
 */
export function serverPage(): { html: string; policy: string } {
  const html = readText(fileURLToPath(new URL('dist/bundle/server-page.html', packageFolder())), FILE)
  const { style, script } = inlineHashes(html)
  const policy = `default-src 'none'; img-src data:; script-src ${script}; style-src ${style}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
  return { html, policy }
}
