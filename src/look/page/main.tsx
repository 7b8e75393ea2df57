import { render } from 'preact'
import { App } from './app.tsx'
import { lightTokens } from './parts/lit.ts'
import { codeInFile } from './state/live-model.ts'
import { readPageData } from './state/page-data.ts'
import { chooseTheme, chosenTheme } from './theme.ts'

chooseTheme(chosenTheme())
lightTokens()
const data = readPageData()
// biome-ignore lint/style/noNonNullAssertion: the page is written with this element
render(<App data={data} code={data.exported && codeInFile()} />, document.getElementById('page')!)
