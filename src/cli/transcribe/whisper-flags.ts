// Commands written for openai-whisper and its followers run here too: their flags have underlines, values of True and
// False, and some other names.

/** Flags of others, and what they are called here. Those in milliseconds are in seconds here. */
const renamed: Readonly<Record<string, string>> = {
  '--beam-size': '--beams',
  '--word-timestamps': '--words',
  '--output-dir': '--output',
  '--vad-min-silence-duration-ms': '--vad-min-silence',
  '--vad-min-speech-duration-ms': '--vad-min-speech',
  '--vad-speech-pad-ms': '--vad-pad',
}

/** Flags that have a value of True or False there, and none here. */
const switches = [
  '--words',
  '--condition-on-previous-text',
  '--carry-initial-prompt',
  '--highlight-words',
  '--vad-filter',
  '--batched',
  '--multilingual',
]

/** Flags there that have nothing to say here: precision is --precision, and there is no GPU. */
const ignored = ['--fp16', '--verbose', '--device', '--device-index', '--print-colors', '--pretty-json']

/** The arguments of the command with the flags of this command line in place of whisper's. */
export function ownFlags(args: readonly string[]): string[] {
  const own: string[] = []
  for (let i = 0; i < args.length; i++) {
    const [flag, value] = splitFlag(args[i])
    const isLone = value === undefined
    if (/-ms$/.test(originalName(args[i])) && renamed[originalName(args[i])]) {
      own.push(`${flag}=${Number(value ?? args[++i]) / 1000}`)
    } else if (ignored.includes(flag)) {
      if (isLone) i++
    } else if (switches.includes(flag) && /^(?:true|false)$/i.test(value ?? args[i + 1] ?? '')) {
      if (/^true$/i.test(value ?? args[i + 1])) own.push(flag)
      if (isLone) i++
    } else own.push(isLone ? flag : `${flag}=${value}`)
  }
  return own
}

/** The name of a flag as it was given, with hyphens. */
const originalName = (argument: string): string => argument.replace(/=.*$/s, '').replaceAll('_', '-')

function splitFlag(argument: string): [flag: string, value: string | undefined] {
  if (!argument.startsWith('--')) return [argument, undefined]
  const at = argument.indexOf('=')
  const name = (at < 0 ? argument : argument.slice(0, at)).replaceAll('_', '-')
  return [renamed[name] ?? name, at < 0 ? undefined : argument.slice(at + 1)]
}

/** Whisper's names of sizes: base, large-v3. */
const sizes = /^(?:tiny|base|small|medium)(?:\.en)?$|^large(?:-v[123])?$/

/** Moonshine's names of sizes; those of other languages end in their code. */
const moonshine = /^moonshine-(?:tiny|base)(?:-[a-z]{2})?$/

/** The model for what --model says: the name of a size, or a folder or name of the hub as elsewhere. */
export function speechModel(asked: string): string {
  if (asked === 'turbo' || asked === 'large-v3-turbo') return 'openai/whisper-large-v3-turbo'
  if (asked === 'large') return 'openai/whisper-large-v3'
  if (moonshine.test(asked)) return `UsefulSensors/${asked}`
  return sizes.test(asked) ? `openai/whisper-${asked}` : asked
}
