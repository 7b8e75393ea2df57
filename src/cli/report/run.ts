import { basename, resolve } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { whole } from '../../base/values/number-text.ts'
import { replaceText } from '../../formats/disk/replace-file.ts'
import { type ComparedRun, comparisonHtml, MOST_RUNS } from '../../learn/train/report/compare.tsx'
import { metricsOf, readMetrics } from '../../learn/train/report/metrics.ts'
import { readSettings } from '../../learn/train/settings/stored-settings.ts'

/**
 * `glassformer report`: writes a page of trainings side by side.
 * @throws GlassformerError ERR_OPTION for too many folders, ERR_FILE for a folder without a training
 */
export function compareRuns(folders: readonly string[], { output, json }: { output: string; json?: true }): void {
  if (folders.length > MOST_RUNS)
    throw new GlassformerError(
      'ERR_OPTION',
      `${whole(folders.length)} trainings are too many for one page: give at most ${MOST_RUNS}`,
    )
  const runs = folders.map(readRun)
  replaceText(output, comparisonHtml(runs))
  console.log(json ? JSON.stringify({ output, runs: runs.map(scoresOf) }) : output)
}

/** The scores of a finished training, or of its last validation. */
function scoresOf({ name, metrics: { steps, validations, kept, result } }: ComparedRun) {
  const { loss, bleu, chrf } = result ?? validations.at(-1) ?? {}
  return { name, step: steps.at(-1)?.step ?? 0, isDone: result !== null, loss, bleu, chrf, kept }
}

function readRun(folder: string): ComparedRun {
  const settings = readSettings(folder)
  const lines = readMetrics(folder)
  if (!settings || !lines.length)
    throw new GlassformerError(
      'ERR_FILE',
      `${folder} is no folder of a training that has begun: it has no metrics.jsonl`,
    )
  return { name: basename(resolve(folder)), settings: { ...settings }, metrics: metricsOf(lines) }
}
