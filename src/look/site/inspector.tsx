/** The inspector in a page of the site: the site's model runs in a worker, and so does a folder of the visitor's own. */
import { render } from 'preact'
import { App } from '../page/app.tsx'
import { Frame } from '../page/frame.tsx'
import { lightTokens } from '../page/parts/lit.ts'
import { element } from './header.ts'
import { dataOf, liveModel, siteCode } from './model.ts'

const live = await liveModel()
if (live) {
  const page = element('page')
  page.replaceChildren()
  lightTokens()
  const Shell = () => <Frame title="The inspector" />
  render(<App data={dataOf(live, 'attention')} code={siteCode} given={[live]} isInSite Shell={Shell} />, page)
}
