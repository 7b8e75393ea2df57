/** The worth of a shortlist: translations choose among all tokens, and among the likely tokens of their sentence, in turn. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Shortlist } from '#dist/engine/decode/batch/shortlist.js'
import { embeddedFolder } from '#dist/files/folders/layout/model-folder.js'
import { loadFolder } from '#dist/files/folders/load.js'
import type { PlayingContender } from '../harness/contender.ts'
import type { BenchModel, Precision } from '../harness/models.ts'
import type { Case, Question, Setting, Side, Unanswerable } from '../harness/question.ts'
import type { Scale } from '../harness/scale.ts'
import { tatoebaSources } from '../harness/tatoeba-sources.ts'
import { TOKENS, Translating } from '../harness/translating.ts'

interface Group {
  sentences: number
  batch: number
  backends: readonly string[]
}

/** One sentence at a time, a batch as in the other tables, and about as many sentences as fill the default of 2,048 source tokens. */
const groups: readonly Group[] = [
  { sentences: 16, batch: 1, backends: ['native', 'js'] },
  { sentences: 32, batch: 32, backends: ['native', 'js'] },
  { sentences: 192, batch: 192, backends: ['native'] },
]

export async function openShortlist({ shared, scale }: Setting): Promise<Question | Unanswerable> {
  const pairs = join(shared, 'data/tatoeba-fr-en.train.tsv.gz')
  const test = join(shared, 'data/tatoeba-fr-en.test.tsv.gz')
  for (const needed of [pairs, test])
    if (!existsSync(needed)) return { reason: `${needed} is not there; --shared names the folder that has it` }
  const { shortlist, said } = learned(pairs)
  const asked = groupsOf(scale)
  const sources = tatoebaSources(test, Math.max(...asked.map(({ sentences }) => sentences)))
  return {
    name: 'shortlist',
    title: `sentences of the Tatoeba test, ids to ids, exactly ${TOKENS} tokens out, one thread; sentences × beam`,
    unit: 'tokens/s',
    about: [said],
    contenders: ({ contenders }) => contenders.slice(0, 1).flatMap((contender) => columns(contender, 'float32')),
    *cases({ contenders }) {
      for (const contender of contenders.filter(({ threads }) => threads === 1))
        for (const precision of ['float32', 'int8'] as const)
          yield* cells(contender, { all: scale.models['fr-en'](precision), shortlist }, precision, asked, sources)
    },
  }
}

/** The shortlist that `glassformer shortlist` learns from these pairs for the embedded model, and the messages of the command. */
function learned(pairs: string): { shortlist: Shortlist; said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-shortlist-'))
  try {
    cpSync(embeddedFolder(), folder, { recursive: true })
    const command = fileURLToPath(new URL('../../../dist/bundle/glassformer.js', import.meta.url))
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'shortlist', folder, '--tsv', pairs], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
    return { shortlist: loadFolder(folder).shortlist!, said: stdout.trim().replace(`${folder}/`, '') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const groupsOf = ({ mostTogether }: Scale): Group[] =>
  groups.map(({ sentences, batch, backends }) => ({
    sentences: Math.min(sentences, mostTogether),
    batch: Math.min(batch, mostTogether),
    backends,
  }))

const columns = (contender: PlayingContender, precision: Precision): PlayingContender[] =>
  ['all tokens', 'shortlist'].map((name) => ({ ...contender, name, precision }))

function* cells(
  contender: PlayingContender,
  { all: model, shortlist }: { all: BenchModel; shortlist: Shortlist },
  precision: Precision,
  asked: readonly Group[],
  sources: readonly number[][],
): Iterable<Case> {
  const listing: BenchModel = { ...model, shortlist, generation: { ...model.generation, shortlist: true } }
  const [all, listed] = columns(contender, precision)
  const sides = [new Translating(all, model), new Translating(listed, listing)]
  for (const { sentences, batch, backends } of asked) {
    if (!backends.includes(contender.backend)) continue
    const some = sources.filter((_, i) => i % (sources.length / sentences) === 0)
    for (const beam of [1, 4])
      yield {
        label: `${contender.name} ${precision}, ${batch} × ${beam}`,
        model: model.name,
        batch,
        beam,
        tokens: sentences * TOKENS,
        sides: sides.map((side) => (batch === 1 ? oneByOne(side, some, beam) : side.side(some, beam))),
      }
  }
}

function oneByOne(side: Translating, sources: readonly number[][], beam: number): Side {
  const sides = sources.map((source) => side.side([source], beam))
  return {
    ...sides[0],
    async run(runs) {
      let seconds = 0
      for (const { run } of sides) seconds += await run(runs)
      return seconds
    },
  }
}
