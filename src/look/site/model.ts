import { type LoadProgress, Translator } from '../../use/web/index.ts'

/**
 * Loads the site's French-English model in a worker. All addresses are relative to the page, so that the site works at
 * any path. `progress` receives bytes of all files so far, and bytes expected so far.
 * @throws GlassformerError as `Translator.load`
 */
export function loadModel(progress: (loaded: number, total: number) => void): Promise<Translator> {
  const files = new Map<string, LoadProgress>()
  return Translator.load(at('models/fr-en/'), {
    worker: at('web-worker.js'),
    wasm: at('wasm/'),
    progress: (of) => {
      files.set(of.file, of)
      const all = [...files.values()]
      progress(
        all.reduce((sum, { loaded }) => sum + loaded, 0),
        all.reduce((sum, { loaded, total }) => sum + (total ?? loaded), 0),
      )
    },
  })
}

const at = (path: string): URL => new URL(path, document.baseURI)
