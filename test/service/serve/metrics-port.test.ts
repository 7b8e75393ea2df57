import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { serve } from '#dist/service/serve/index.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

const scratch = scratchFolder()

test('metrics have a separate port that needs no key, and answers nothing else', async () => {
  const keys = join(scratch, 'keys')
  writeFileSync(keys, 'secret-key someone\n')
  const load = { workers: 1, threads: 1 }
  const server = await serve({ port: 0, metricsPort: 0, keys, log: 'silent', load })
  const figures = `http://127.0.0.1:${server.metricsPort}`
  try {
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401)
    const body = JSON.stringify({ text: 'Merci.' })
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(`${figures}/v1/translate`, { method: 'POST', headers, body })).status).toBe(405)
    expect((await fetch(`${figures}/v1/models`)).status).toBe(404)
    const metrics = await fetch(`${figures}/metrics`)
    expect(metrics.status).toBe(200)
    expect(metrics.headers.get('content-type')).toContain('text/plain')
    expect(await metrics.text()).toContain('glassformer_workers{model="fr-en"} 1')
    expect((await fetch(`${figures}/ready`)).status).toBe(200)
    expect((await fetch(`${figures}/health`)).status).toBe(200)
    await expect(serve({ port: 0, metricsPort: server.metricsPort, keys, log: 'silent', load })).rejects.toMatchObject({
      code: 'ERR_OPTION',
    })
  } finally {
    await server.close()
  }
  await expect(fetch(`${figures}/health`)).rejects.toThrow()
})
