import { useEffect, useRef, useState } from 'preact/hooks'
import type { ModelCode } from '../../../page/state/live-model.ts'
import { usePage } from '../../../page/state/page.ts'
import type { Shown } from './lesson.ts'
import type { Example, Task } from './tasks.ts'
import type { FromLesson, ToLesson } from './training-messages.ts'

/** A training in a worker of the page, and its pictures so far. */
export interface TrainingRun {
  pictures: readonly Shown[]
  isGoing: boolean
  /** What runs it, or why it failed. */
  said: string
  /** Begins anew. */
  begin(): void
  stop(): void
}

/** The code that a page of the site has: it always has the builds. */
type SiteCode = ModelCode & { wasm: NonNullable<ModelCode['wasm']> }

/** The seed of the first weights and of dropout: the same training for every visitor. */
const SEED = 1

/** Trains `task` when `begin` is called. The pictures are those of `example`, which may change meanwhile. */
export function useTraining(task: Task, example: Example): TrainingRun {
  const { wasm } = usePage().code as SiteCode
  const worker = useRef<Worker | null>(null)
  const [pictures, setPictures] = useState<readonly Shown[]>([])
  const [isGoing, setGoing] = useState(false)
  const [said, setSaid] = useState('')
  const tell = (message: ToLesson) => worker.current?.postMessage(message)

  const receive = ({ data }: { data: FromLesson }) => {
    if (data.type === 'begun') setSaid(`It is trained in ${data.backend === 'js' ? 'JavaScript' : 'WebAssembly'}.`)
    else if (data.type === 'shownAnew') setPictures(data.shown)
    else if (data.type === 'failed') {
      setSaid(data.message)
      setGoing(false)
    } else {
      setPictures((before) => [...before, data.shown])
      if (data.isOver) setGoing(false)
    }
  }
  const end = () => {
    worker.current?.terminate()
    worker.current = null
    setPictures([])
    setGoing(false)
    setSaid('')
  }
  // Another task has no pictures yet, and a page that is left trains no more.
  useEffect(() => end, [task])
  const shown = example.source.join(' ')
  useEffect(() => tell({ type: 'example', example }), [shown])

  return {
    pictures,
    isGoing,
    said,
    begin() {
      end()
      worker.current = new Worker(new URL('training-worker.js', document.baseURI))
      worker.current.onmessage = receive
      setGoing(true)
      tell({ type: 'begin', task: task.name, seed: SEED, example, wasm })
    },
    stop() {
      tell({ type: 'stop' })
      setGoing(false)
    },
  }
}
