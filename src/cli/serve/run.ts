import { GlassformerError, messageOf } from '../../base/errors.ts'
import { readJsonObject } from '../../formats/disk/read-json.ts'
import { givenBy } from '../flags/schema-flags.ts'
import { modelFlags, type ServeCommandOptions, serveFlags } from './options.ts'

/** `glassformer serve`: serves until SIGTERM or Ctrl-C, then answers all accepted requests and ends. */
export async function runServer(command: ServeCommandOptions): Promise<void> {
  const { model, apis, cors, hosts, settings: file } = command
  const { load = {}, ...settings } = file === undefined ? {} : readJsonObject(file, { code: 'ERR_OPTION' })
  const options = {
    ...settings,
    ...(model && { models: model }),
    ...(apis && { apis }),
    ...(cors && { cors }),
    ...(hosts && { hosts }),
    ...changing(givenBy(serveFlags, command)),
    load: { ...(load as object), ...givenBy(modelFlags, command) },
  }
  const { serve } = await import('../../service/serve/index.ts')
  const server = await serve(options as never).catch((error: unknown) => {
    throw asOurs(error)
  })
  const figures = server.metricsPort === undefined ? '' : `, figures at port ${server.metricsPort}`
  console.error(`glassformer: listening at ${server.url}${figures}`)
  const end = () => {
    for (const name of signals) process.removeAllListeners(name) // a second signal ends the process at once
    server.close().then(
      () => process.exit(),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  // Windows has no SIGHUP to be sent; there it says that the console was closed.
  if (process.platform !== 'win32')
    process.on('SIGHUP', () => {
      server.reload().then(
        () => console.error('glassformer: keys and models are loaded again'),
        (error: unknown) => console.error(`glassformer: everything stays as it was: ${messageOf(error)}`),
      )
    })
  for (const name of signals) {
    process.removeAllListeners(name)
    process.on(name, end)
  }
}

/** The flags of the command that the user has given: defaults of flags must not override the file. */
const changing = ({ metrics, page, ...given }: Record<string, unknown>) => ({
  ...given,
  ...(metrics === false && { metrics }),
  ...(page === false && { page }),
})

const signals = ['SIGTERM', 'SIGINT'] as const

/** Converts an error of the server's bundle, which has its own class, into one of the command's class. */
function asOurs(error: unknown): unknown {
  const { name, code, message } = error as GlassformerError
  return name === 'GlassformerError' ? new GlassformerError(code, message, { cause: error }) : error
}
