/** The Illustrated Transformer on the visitor's sentence: the tour, and a training in the page at its end. */
import { render } from 'preact'
import { App } from '../page/app.tsx'
import { Frame } from '../page/frame.tsx'
import { lightTokens } from '../page/parts/lit.ts'
import type { View } from '../page/parts/view.ts'
import { type Stop, stops, TourOf } from '../page/views/tour.tsx'
import { element } from './header.ts'
import { TrainingHere } from './learn/training/training-here.tsx'
import { dataOf, liveModel, siteCode } from './model.ts'

const training: Stop = {
  title: 'Train one here',
  says: 'A small Transformer of the same kind, trained in this page: its loss falls, its probabilities and its attention move as it learns.',
  attempt:
    'Press Train, then move the slider back to see what the model made of the example before it knew the answer.',
  opens: {},
  Show: TrainingHere,
}

const learnView: View = {
  name: 'tour',
  title: 'Learn',
  note: 'The figures of The Illustrated Transformer (Jay Alammar) in its order, drawn from the weights of a real model on your own sentence: type one above. A number can be clicked: it says what it was computed from. The last stop trains a model.',
  Show: () => <TourOf stops={[...stops, training]} />,
}

const live = await liveModel()
if (live) {
  const page = element('page')
  page.replaceChildren()
  lightTokens()
  const Shell = () => <Frame title="The Illustrated Transformer, alive" lead={learnView} />
  const data = { ...dataOf(live, 'tour'), source: 'Je suis étudiant.' }
  render(<App data={data} code={siteCode} given={[live]} isInSite Shell={Shell} />, page)
}
