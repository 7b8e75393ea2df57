import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { start } from '../../cli/command.ts'

/** `glassformer serve` as a process of its own, which listens. */
export async function startCommand(
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<{ url: string; child: ChildProcess }> {
  const child = start(['serve', '--port', '0', ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  })
  child.stdout!.resume()
  let said = ''
  for await (const line of createInterface({ input: child.stderr! })) {
    const url = /listening at (\S+)/.exec(line)?.[1]
    if (url) {
      child.stderr!.resume()
      return { url, child }
    }
    said += `${line}\n`
  }
  throw new Error(said)
}

const turns = new URL('turns.mjs', import.meta.url)

/** As `startCommand`, with the longest turn of the event loop since the last call, in milliseconds of processor time. */
export async function startWithTurns(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const server = await startCommand(args, { NODE_OPTIONS: `--import=${turns}`, ...env })
  const longestTurn = async (): Promise<number> => {
    const told = once(server.child, 'message')
    server.child.send('turn')
    return (await told)[0]
  }
  return { ...server, longestTurn }
}
