import { render } from 'preact'
import { App } from './app.tsx'
import { lightTokens } from './parts/lit.ts'
import { readPageData } from './state/page-data.ts'
import { chooseTheme, chosenTheme } from './theme.ts'

chooseTheme(chosenTheme())
lightTokens()
render(<App data={readPageData()} />, document.getElementById('page')!)
