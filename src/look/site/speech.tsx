/** The page that hears: the spectrogram, the words at their times, and where the decoder looked for each of them. */
import { render } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { listeningPicture } from '../../draw/listening.ts'
import { type Listening, type LoadProgress, microphone, Transcriber } from '../../use/web/speech/index.ts'
import { element } from './header.ts'
import { beside } from './model.ts'
import { ModelChoice, type Proposal } from './model-choice.tsx'
import { StillPicture } from './still-picture.tsx'

const proposal: Proposal = {
  name: 'whisper-tiny',
  address: 'https://huggingface.co/openai/whisper-tiny/resolve/main/',
  bytes: 151_061_672,
  license: 'MIT',
}

const RATE = 16_000
/** The model hears half a minute at most, and nothing in less than this. */
const MOST = 30 * RATE
const LEAST = RATE / 2

const load = (model: string | File[], progress: (progress: LoadProgress) => void) =>
  Transcriber.load(model, {
    progress,
    precision: 'int8',
    worker: beside('web-speech-worker.js'),
    wasm: beside('wasm/'),
    detector: beside('models/silero.f24'),
  })

/** What has been heard, and how long that took. */
interface Shown {
  name: string
  listening: Listening
  /** Seconds of sound for one of work. */
  speed: number
}

function Speech() {
  const [transcriber, setTranscriber] = useState<Transcriber | null>(null)
  const [shown, setShown] = useState<Shown | null>(null)
  const [said, setSaid] = useState('')
  useEffect(() => () => void transcriber?.close(), [transcriber])
  const hear = async (name: string, sound: Blob | Float32Array) => {
    if (!transcriber) return
    const began = performance.now()
    try {
      const listening = await transcriber.listen(sound)
      const speed = (1000 * listening.duration) / Math.max(1, performance.now() - began)
      setShown({ name, listening, speed })
      setSaid('')
    } catch (error) {
      setSaid((error as Error).message)
    }
  }
  return (
    <>
      <ModelChoice proposal={proposal} load={load} onLoaded={(loaded: Transcriber) => setTranscriber(loaded)} />
      {transcriber && (
        <div class="controls">
          <Recording hear={hear} onError={setSaid} />
          <label>
            or a file{' '}
            <input
              type="file"
              accept="audio/*,video/*"
              onChange={(event) => {
                const file = event.currentTarget.files?.[0]
                if (!file) return
                setSaid(`${file.name} is being heard.`)
                void hear(file.name, file)
              }}
            />
          </label>
        </div>
      )}
      {said && <p role="status">{said}</p>}
      {shown && <Heard {...shown} />}
    </>
  )
}

/** Hears the microphone from the press of the button on, again and again as more is said. */
function Recording({
  hear,
  onError,
}: {
  hear(name: string, sound: Float32Array): Promise<void>
  onError(message: string): void
}) {
  const [running, setRunning] = useState<AbortController | null>(null)
  const latest = useRef(hear)
  useEffect(() => {
    latest.current = hear
  })
  const record = async () => {
    const controller = new AbortController()
    setRunning(controller)
    const sound = new Sound()
    let isHearing = false
    /** One window is heard at a time, and each has all that was said by then. */
    const hearNow = async () => {
      if (isHearing || sound.length < LEAST) return
      isHearing = true
      await latest.current('the microphone', sound.samples())
      isHearing = false
    }
    try {
      for await (const samples of microphone({ signal: controller.signal })) {
        sound.push(samples)
        void hearNow()
        if (sound.length >= MOST) controller.abort()
      }
      // What came last may still wait.
      while (isHearing) await new Promise((done) => setTimeout(done, 50))
      await hearNow()
    } catch (error) {
      onError((error as Error).message)
    }
    setRunning(null)
  }
  return running ? (
    <button type="button" onClick={() => running.abort()}>
      Stop
    </button>
  ) : (
    <button type="button" onClick={() => void record()}>
      Say something
    </button>
  )
}

/** Samples as they come, up to half a minute. */
class Sound {
  readonly #all = new Float32Array(MOST)
  length = 0

  push(samples: Float32Array): void {
    const room = samples.subarray(0, MOST - this.length)
    this.#all.set(room, this.length)
    this.length += room.length
  }

  samples(): Float32Array {
    return this.#all.slice(0, this.length)
  }
}

function Heard({ name, listening, speed }: Shown) {
  const picture = useMemo(() => listeningPicture({ ...listening, name }), [listening])
  const text = listening.tokens
    .map((token) => token.text)
    .join('')
    .trim()
  return (
    <>
      <h2>Heard</h2>
      <p id="heard" lang={listening.language}>
        {text || 'No words were heard.'}
      </p>
      <p class="quiet">
        {listening.duration.toFixed(1)} s of sound, at {speed.toFixed(1)} times the speed of speech. Above is the
        spectrogram with the words at their times; below it, a row for each token shows where in the sound the decoder
        looked when it wrote that token.
      </p>
      <StillPicture picture={picture} />
    </>
  )
}

render(<Speech />, element('here'))
