import { bestOf, editsOf } from '../engine/program/best-tokens.ts'
import { withLists } from '../engine/program/listed-case.ts'
import { projection, rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { candidates } from './candidates.ts'

export const listedCandidates: OpTest = {
  case: (random) => withLists(random, candidates.case(random)),
  reference({ symbols, inputs, attributes }) {
    const [lists, queries] = [rowsOf(inputs.lists!), rowsOf(inputs.queries!)]
    const logits = projection(inputs.x!, inputs.weight!, inputs.bias!, attributes.scale as number)
    const best = logits.map((row, r) => {
      const sentence = queries.findIndex(([begin, end]) => r >= begin && r < end)
      const ids = Array.from(inputs.listedIds!.data.subarray(...(lists[sentence] as [number, number])))
      const edits = editsOf(inputs, r).filter(({ id }) => ids.includes(id))
      const inPlaces = edits.map((edit) => ({ ...edit, id: ids.indexOf(edit.id) }))
      const found = ids.length
        ? bestOf(
            ids.map((id) => row[id]),
            inPlaces,
            attributes,
          )
        : []
      const k = symbols.C / symbols.R
      return Array.from({ length: k }, (_, i) =>
        i < found.length ? { value: found[i].value, id: ids[found[i].id] } : { value: -Infinity, id: -1 },
      )
    })
    return [best.flat().map(({ value }) => value), best.flat().map(({ id }) => id)]
  },
}
