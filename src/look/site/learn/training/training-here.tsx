import { useEffect, useMemo, useState } from 'preact/hooks'
import { attentionHeads } from '../../../../draw/attention-heads.ts'
import { attentionView } from '../../../../trace/figure/attention.ts'
import { learningPicture } from '../../../../trace/figure/learning.ts'
import { Choice } from '../../../page/parts/choice.tsx'
import { NARROW, useMedia } from '../../../page/parts/media.ts'
import { PictureView } from '../../../page/parts/picture-view.tsx'
import { useChoice, usePage } from '../../../page/state/page.ts'
import { TargetMatrices } from '../../../page/views/matrix-form.tsx'
import type { Shown } from './lesson.ts'
import { lossPicture } from './loss-picture.ts'
import { type Example, type Task, tasks, wordsOf } from './tasks.ts'
import { type TrainingRun, useTraining } from './training-run.ts'

const names = tasks.map(({ name }) => name)

/** A small model, trained by the visitor: `task=reversing&example=bead&at=120` in the address. */
export function TrainingHere() {
  const { address, go, slide } = usePage()
  const name = useChoice('task', names)
  // biome-ignore lint/style/noNonNullAssertion: the name is one of the tasks'
  const task = tasks.find((each) => each.name === name)!
  const { example: typed, at } = address.parameters
  const example = (typed !== undefined && exampleOf(typed, task)) || task.shown
  const run = useTraining(task, example)
  // A link to a step of a training begins it.
  useEffect(() => {
    if (at !== undefined) run.begin()
  }, [task])
  const { pictures } = run
  const wanted = at === undefined ? Number.POSITIVE_INFINITY : Number(at)
  const place = Math.max(
    0,
    pictures.findLastIndex(({ step }) => step <= wanted),
  )
  const chosen = pictures[place]
  return (
    <div class="lesson">
      <div class="controls">
        <Choice
          legend="Task"
          options={tasks.map(({ name, title }) => ({ value: name, name: title }))}
          chosen={name}
          onChoose={(task) => go({ task, example: undefined, at: undefined })}
        />
        {run.isGoing ? (
          <button type="button" onClick={run.stop}>
            Stop
          </button>
        ) : (
          <button
            type="button"
            onClick={() => {
              slide({ at: undefined })
              run.begin()
            }}
          >
            Train
          </button>
        )}
      </div>
      <p>{task.says}</p>
      <ExampleForm key={`${name} ${textOf(example, task)}`} task={task} example={example} />
      {chosen && <Slider run={run} task={task} place={place} onMove={(step) => slide({ at: step })} />}
      {chosen && <Pictures pictures={pictures} chosen={chosen} task={task} />}
    </div>
  )
}

const isOfLetters = ({ words }: Task) => words.source.every((word) => word.length === 1)

const textOf = ({ source }: Example, task: Task) => source.join(isOfLetters(task) ? '' : ' ')

/** An example of a task with its right answer; null where a text is none. */
function exampleOf(text: string, task: Task): Example | null {
  const source = wordsOf(text, task.words.source)
  const target = task.answer(source)
  return target && source.every((word) => task.words.source.includes(word)) ? { source, target } : null
}

function ExampleForm({ task, example }: { task: Task; example: Example }) {
  const { go } = usePage()
  const [text, setText] = useState(textOf(example, task))
  const given = exampleOf(text, task)
  return (
    <form
      class="source"
      onSubmit={(event) => {
        event.preventDefault()
        if (given) go({ example: text })
      }}
    >
      <label for="example">Example</label>
      <input id="example" value={text} autocomplete="off" onInput={(event) => setText(event.currentTarget.value)} />
      <button type="submit" disabled={!given}>
        Show
      </button>
      <p class="quiet" role="status">
        {given ? `The right answer is: ${given.target.join(' ')}` : 'This is none of the task’s.'}
      </p>
    </form>
  )
}

interface SliderProps {
  run: TrainingRun
  task: Task
  place: number
  onMove(step: number): void
}

function Slider({ run: { pictures, said }, task, place, onMove }: SliderProps) {
  const { step, loss, said: words, right } = pictures[place]
  return (
    <>
      <div class="controls">
        <label>
          Step{' '}
          <input
            type="range"
            min={0}
            max={pictures.length - 1}
            value={place}
            aria-valuetext={`step ${step}`}
            onInput={(event) => onMove(pictures[Number(event.currentTarget.value)].step)}
          />{' '}
          <output>
            {step} of {task.steps}
          </output>
        </label>
      </div>
      <p class="learned" role="status">
        {loss === null ? 'Before the first step' : `With a loss of ${loss.toFixed(3)}`} the model says:{' '}
        <b>{words.join(' ') || 'nothing'}</b>
        {task.unseen.length > 0 && `. It has ${right} of ${task.unseen.length} right that it has never seen`}. {said}
      </p>
    </>
  )
}

function Pictures({ pictures, chosen, task }: { pictures: readonly Shown[]; chosen: Shown; task: Task }) {
  const width = useMedia(NARROW) ? 362 : 560
  const loss = useMemo(() => lossPicture(pictures, chosen.step, task.steps, width), [pictures, chosen, task, width])
  const learned = useMemo(() => learningPicture(pictures, chosen.step, width), [pictures, chosen, width])
  const attention = useMemo(() => {
    const { queries, keys, heads } = attentionView(chosen.trace, 'cross', 0)
    return attentionHeads({ title: `Attention at step ${chosen.step}`, queries, keys, weights: heads, width })
  }, [chosen, width])
  return (
    <>
      <div class="matrices">
        <PictureView picture={loss} fit="shrink" />
        <PictureView picture={attention} fit="shrink" />
      </div>
      {pictures.length > 1 && <PictureView picture={learned} fit="shrink" />}
      <TargetMatrices trace={chosen.trace} />
    </>
  )
}
