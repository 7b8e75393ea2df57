import { GlassformerError, messageOf } from '../../base/errors.ts'
import { RATE } from '../../sound/signal/mel-filters.ts'
import { Resampler } from '../../sound/signal/resampler.ts'

/** The parts of the Web Audio API that are used here. */
interface Device {
  getTracks(): { stop(): void }[]
}
interface AudioNodeLike {
  connect(node: AudioNodeLike): unknown
}
interface Tap extends AudioNodeLike {
  port: { onmessage: ((event: { data: Float32Array }) => void) | null }
}
interface AudioContextLike {
  readonly sampleRate: number
  readonly audioWorklet: { addModule(url: string): Promise<void> }
  createMediaStreamSource(device: Device): AudioNodeLike
  close(): Promise<void>
}
declare const navigator: { mediaDevices?: { getUserMedia(constraints: object): Promise<Device> } }
declare const AudioContext: new () => AudioContextLike
declare const AudioWorkletNode: new (context: AudioContextLike, name: string) => Tap

/** Options of a recording. */
export interface MicrophoneOptions {
  /** Ends the recording; the sound then ends, without an error. */
  signal?: AbortSignal
  /** The device, as `navigator.mediaDevices.enumerateDevices()` has it; by default the browser's. */
  deviceId?: string
  /** Whether the browser takes away its own sound, noise, and changes of loudness. Default: true. */
  processing?: boolean
}

/** Sends on what it hears, a block of 128 samples each; it runs in the browser's audio thread. */
const TAP = `registerProcessor('glassformer-tap', class extends AudioWorkletProcessor {
  process([input]) {
    if (input[0]) this.port.postMessage(input[0].slice())
    return true
  }
})`

/**
 * The sound of the microphone at 16 kHz, as it comes, until `signal` fires or the loop over it is left. The browser asks
 * the user, and only on pages that came by https or from this machine.
 * @throws GlassformerError ERR_UNSUPPORTED where there is none, or it is refused
 */
export async function* microphone(options: MicrophoneOptions = {}): AsyncGenerator<Float32Array, void, undefined> {
  const { signal } = options
  const device = await openDevice(options)
  const context = new AudioContext()
  const blocks: Float32Array[] = []
  let wake = () => {}
  const stop = () => wake()
  signal?.addEventListener('abort', stop)
  try {
    const tap = await tapOn(context)
    tap.port.onmessage = ({ data }) => {
      blocks.push(data)
      wake()
    }
    context.createMediaStreamSource(device).connect(tap)
    const resampler = new Resampler(context.sampleRate, RATE)
    while (!signal?.aborted) {
      if (!blocks.length)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      for (const block of blocks.splice(0)) {
        const samples = resampler.push(block)
        if (samples.length) yield samples
      }
    }
    yield resampler.end()
  } finally {
    signal?.removeEventListener('abort', stop)
    for (const track of device.getTracks()) track.stop()
    await context.close()
  }
}

async function openDevice({ deviceId, processing = true }: MicrophoneOptions): Promise<Device> {
  const { mediaDevices } = navigator
  if (!mediaDevices)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      'there is no microphone here: pages have it by https, or from localhost',
    )
  const audio = {
    channelCount: 1,
    echoCancellation: processing,
    noiseSuppression: processing,
    autoGainControl: processing,
    ...(deviceId !== undefined && { deviceId: { exact: deviceId } }),
  }
  try {
    return await mediaDevices.getUserMedia({ audio })
  } catch (cause) {
    throw new GlassformerError('ERR_UNSUPPORTED', `the microphone cannot be used: ${messageOf(cause)}`, { cause })
  }
}

async function tapOn(context: AudioContextLike): Promise<Tap> {
  const url = URL.createObjectURL(new Blob([TAP], { type: 'text/javascript' }))
  try {
    await context.audioWorklet.addModule(url)
  } finally {
    URL.revokeObjectURL(url)
  }
  return new AudioWorkletNode(context, 'glassformer-tap')
}
