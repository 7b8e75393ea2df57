import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { GlassformerError } from '../../base/errors.ts'
import { inOptions } from '../../base/schema/place.ts'
import { type Given, read } from '../../base/schema/settings.ts'
import type { LoadOptions } from '../../use/translate/options/options.ts'
import { isLoopback } from './access/same-site.ts'
import { downloadMissing } from './models/pulled-models.ts'
import { Service } from './service/service.ts'
import { listenSettings, serviceSettings } from './service/settings.ts'
import type { WatchPort } from './watching/watch-port.ts'

/** The models and the address of a server. */
export interface ServerOptions extends Given<typeof serviceSettings>, Given<typeof listenSettings> {
  /** Default options for loading models. */
  load?: LoadOptions
}

/** A listening server. */
export interface RunningServer {
  /** Its address: `http://127.0.0.1:5000`. */
  readonly url: string
  /** The separate port for metrics; undefined where there is none. */
  readonly metricsPort: number | undefined
  /**
   * Stops the server: accepted requests are answered within `grace` seconds, and new requests are refused with the
   * status 503. Its answers tell clients to close their connections.
   */
  close(): Promise<void>
  /**
   * Reads the keys again, and loads the loaded models again from their folders; requests under way end with the models
   * that they began with. Where this fails, everything stays as it was.
   * @throws GlassformerError ERR_FILE, ERR_OPTION, and as `Translator.load`
   */
  reload(): Promise<void>
}

/** Milliseconds for clients to ask once more and read that they are to close their connections. */
const LINGER = 500

/**
 * Starts a server, whose first model is in memory when this resolves. It listens before, and then says at `/ready` that
 * it is not ready.
 * @throws GlassformerError as `Translator.load`; ERR_OPTION, also where the port is not available
 */
export async function serve(options: ServerOptions = {}): Promise<RunningServer> {
  const { load, ...given } = options
  const { grace, ...settings } = read({ ...serviceSettings, ...listenSettings }, given, inOptions)
  await downloadMissing(settings.models, load)
  const service = new Service(settings, load)
  const { createApp } = await import('./app.ts')
  const app = await createApp(service, { ...settings, grace })
  let watching: WatchPort | undefined
  try {
    if (settings.metricsPort !== undefined) {
      const { watchPort } = await import('./watching/watch-port.ts')
      const told = { isAlive: () => true, isReady: () => service.isReady, figures: service.figures }
      watching = await watchPort(told, settings.host, settings.metricsPort)
    }
    await app.listen({ host: settings.host, port: settings.port })
    await service.start()
  } catch (error) {
    await watching?.close()
    await app.close()
    throw refusalToListen(error, settings) ?? error
  }
  if (!service.keys.areNeeded && !isLoopback(settings.host))
    app.log.warn(`whoever reaches ${settings.host} may use this server: it has no API keys`)
  const { address, port, family } = app.server.address() as AddressInfo
  let closing: Promise<void> | null = null
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    metricsPort: watching?.port,
    close: () => (closing ??= end()),
    reload: () => service.reload(),
  }

  async function end(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.min(grace * 1000, 2 ** 31 - 1))
    })
    await Promise.race([service.gate.close().then(clientsToLeave), late])
    clearTimeout(timer)
    app.server.closeAllConnections()
    await app.close()
    await watching?.close()
  }

  /** Waits for clients that keep connections open: each is told so by the answer to its next request. */
  async function clientsToLeave(): Promise<void> {
    const begin = performance.now()
    const connections = promisify(app.server.getConnections.bind(app.server))
    while (performance.now() - begin < LINGER && (await connections()) > 0) await wait(LINGER / 20)
  }
}

function refusalToListen(error: unknown, { host, port }: { host: string; port: number }): GlassformerError | null {
  const { code, message, syscall } = error as NodeJS.ErrnoException
  if (syscall !== 'listen' && code !== 'ENOTFOUND') return null
  const why = code === 'EADDRINUSE' ? 'it is in use' : code === 'EACCES' ? 'it may not be used' : message
  return new GlassformerError(
    'ERR_OPTION',
    `cannot listen at ${host}, port ${port}: ${why}; give another host or port`,
    { cause: error },
  )
}
