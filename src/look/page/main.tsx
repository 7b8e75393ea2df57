import { render } from 'preact'
import { App } from './app.tsx'
import { lightTokens } from './parts/lit.ts'
import { readPageData } from './state/page-data.ts'
import { chooseTheme, chosenTheme } from './theme.ts'

chooseTheme(chosenTheme())
lightTokens()
// biome-ignore lint/style/noNonNullAssertion: the page is written with this element
render(<App data={readPageData()} />, document.getElementById('page')!)
