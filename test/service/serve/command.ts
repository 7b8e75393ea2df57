import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { start } from '../../cli/command.ts'

/** `glassformer serve` as a process of its own, which listens. */
export async function startCommand(
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<{ url: string; child: ChildProcess }> {
  const child = start(['serve', '--port', '0', ...args], { env: { ...process.env, ...env } })
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
