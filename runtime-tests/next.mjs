/** Next.js: a route of the server translates, with the package in Next's bundle and without configuration. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { packages, run } from './place.mjs'

const ROUTE = `import { run } from '../../program.mjs'
export const dynamic = 'force-dynamic'
export const GET = async () => Response.json(await run())
`
const LAYOUT = `export default ({ children }) => <html><body>{children}</body></html>\n`
const PAGE = `export default () => <p>page</p>\n`

export const next = {
  name: 'Next.js',
  async test({ project }) {
    const modules = await packages({ next: '16.4.6', react: '19.2.3', 'react-dom': '19.2.3' })
    const app = join(project, 'next')
    mkdirSync(join(app, 'app/translate'), { recursive: true })
    mkdirSync(join(app, 'node_modules'))
    writeFileSync(join(app, 'package.json'), '{ "private": true, "name": "a-next-app" }\n')
    writeFileSync(join(app, 'next.config.mjs'), `export default { turbopack: { root: ${JSON.stringify('/')} } }\n`)
    writeFileSync(join(app, 'app/translate/route.js'), ROUTE)
    writeFileSync(join(app, 'app/layout.jsx'), LAYOUT)
    writeFileSync(join(app, 'app/page.jsx'), PAGE)
    cpSync(join(project, 'program.mjs'), join(app, 'program.mjs'))
    for (const name of ['next', 'react', 'react-dom']) symlinkSync(join(modules, name), join(app, 'node_modules', name))
    cpSync(join(project, 'node_modules/glassformer'), join(app, 'node_modules/glassformer'), { recursive: true })
    const env = { NEXT_TELEMETRY_DISABLED: '1' }
    await run(app, join(modules, '.bin/next'), ['build'], { env, seconds: 400 })
    return started(app, join(modules, '.bin/next'), env)
  },
}

/** Starts the server, asks its route, and ends it. */
async function started(app, command, env) {
  const child = spawn(command, ['start', '--port', '0'], { cwd: app, env: { ...process.env, ...env } })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const address = /Local:\s+(http:\S+)/.exec(line)?.[1]
      if (!address) continue
      const response = await fetch(`${address}/translate`)
      return { stdout: await response.text(), stderr }
    }
    throw new Error(`next start ended: ${stderr}`)
  } finally {
    child.kill()
    await once(child, 'close')
  }
}
