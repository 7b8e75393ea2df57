/** The worker of training in a page: the project's own training step, played by WebAssembly, or by JavaScript without it. */
import { messageOf } from '../../../../base/errors.ts'
import { playerMaker } from '../../../../use/web/create-player.ts'
import { Lesson } from './lesson.ts'
import { type Example, tasks } from './tasks.ts'
import type { FromLesson, ToLesson } from './training-messages.ts'

declare const self: {
  postMessage(message: FromLesson): void
  onmessage: ((event: { data: ToLesson }) => void) | null
}

let lesson: Lesson | null = null
let example: Example
let pictures: number[] = []
let isGoing = false

/** The next steps are taken after messages that have arrived meanwhile. */
const turns = new MessageChannel()
turns.port1.onmessage = () => {
  try {
    go()
  } catch (error) {
    self.postMessage({ type: 'failed', message: messageOf(error) })
  }
}

function go(): void {
  if (!lesson || !isGoing) return
  lesson.advance()
  tell(lesson)
  isGoing = !lesson.isOver
  if (isGoing) turns.port2.postMessage(null)
}

function tell(of: Lesson): void {
  pictures.push(of.step)
  self.postMessage({ type: 'shown', shown: of.shown(of.step, example), isOver: of.isOver })
}

async function begin({ task, seed, wasm, ...given }: ToLesson & { type: 'begin' }): Promise<void> {
  const known = tasks.find(({ name }) => name === task)
  if (!known) throw new RangeError(`there is no task named ${task}`)
  const player = (await playerMaker({ backend: 'auto', threads: 1, wasm: { at: wasm }, cache: true }))()
  lesson = new Lesson(player, known, seed)
  example = given.example
  pictures = []
  self.postMessage({ type: 'begun', backend: player.info.backend })
  tell(lesson)
  isGoing = true
  turns.port2.postMessage(null)
}

self.onmessage = ({ data }) => {
  if (data.type === 'stop') isGoing = false
  else if (data.type === 'begin')
    begin(data).catch((error) => self.postMessage({ type: 'failed', message: messageOf(error) }))
  else {
    example = data.example
    const own = lesson
    if (own) self.postMessage({ type: 'shownAnew', shown: pictures.map((step) => own.shown(step, example)) })
  }
}
