import { describe, expect, test } from 'vitest'
import { type BeamTreeNode, beamTree } from '#dist/draw/beam-tree.js'
import { elements, marked, textOf, texts } from './marks.ts'

const start: BeamTreeNode = { parent: -1, depth: 0, token: '', logProbability: 0, sum: 0, score: 0, state: 'kept' }

/** A small search with two beams: '▁I' leads to the end, '▁me' falls out, its end does not count. */
function small(): BeamTreeNode[] {
  const nodes: BeamTreeNode[] = [start]
  const add = (parent: number, token: string, logProbability: number, state: BeamTreeNode['state']) => {
    const { depth, sum } = nodes[parent]
    const next = { parent, depth: depth + 1, token, logProbability, sum: sum + logProbability, state }
    nodes.push({ ...next, score: next.sum / next.depth })
  }
  add(0, '▁I', -0.5, 'kept')
  add(0, '▁me', -1, 'kept')
  add(0, '<b>', -2, 'pruned')
  add(1, '</s>', -0.25, 'finished')
  add(2, '</s>', -3, 'dropped')
  add(2, '▁too', -1, 'pruned')
  return nodes
}

/** A search of many steps with 8 beams that looks at 16 hypotheses in each. */
function large(steps: number): BeamTreeNode[] {
  const nodes: BeamTreeNode[] = [start]
  let live = [0]
  for (let depth = 1; depth <= steps; depth++) {
    const next: number[] = []
    for (let i = 0; i < 16; i++) {
      const parent = live[i % live.length]
      const logProbability = -1 - i / 16
      if (i < 8) next.push(nodes.length)
      const sum = nodes[parent].sum + logProbability
      nodes.push({
        parent,
        depth,
        token: `t${i}`,
        logProbability,
        sum,
        score: sum / depth,
        state: i < 8 ? 'kept' : 'pruned',
      })
    }
    live = next
  }
  return nodes
}

describe('the tree of a beam search', () => {
  const picture = beamTree({ beams: 2, nodes: small(), results: [4], stopped: 'two hypotheses have finished' })

  test('has a box for each hypothesis with its log-probability, its sum, and its fate', () => {
    expect(marked(picture, 'data-node')).toHaveLength(7)
    expect(marked(picture, 'data-state', 'pruned')).toHaveLength(2)
    const [me] = marked(picture, 'data-node', 6)
    expect(textOf(me)).toContain('▁too: pruned; log-probability -1.0000, sum -2.0000, score -1.0000')
    expect(textOf(me)).toContain('Σ −2.00')
  })

  test('shows the rank and the penalized score of a result, and the reason why the search stopped', () => {
    expect(textOf(marked(picture, 'data-node', 4)[0])).toContain('#1 score −0.38')
    expect(texts(picture)).toContain('Stopped: two hypotheses have finished.')
    expect(picture.description).toContain('▁I </s> (−0.38)')
  })

  test('ranks the hypotheses of a step by their sums', () => {
    const y = (node: number) =>
      Number(
        elements({ ...picture, content: marked(picture, 'data-node', node) }).find(({ name }) => name === 'rect')!
          .attributes.y,
      )
    expect(y(1)).toBeLessThan(y(2))
    expect(y(2)).toBeLessThan(y(3))
    expect(y(4)).toBeLessThan(y(6))
    expect(y(6)).toBeLessThan(y(5))
  })

  test('colors the path of a result and no other', () => {
    const colored = marked(picture, 'data-node').filter((box) =>
      box.children.some((child) => typeof child !== 'string' && child.attributes.stroke === 'var(--head0)'),
    )
    expect(colored.map(({ attributes }) => attributes['data-node'])).toEqual([0, 1, 4])
  })

  test('counts the first pruned hypotheses among thousands', () => {
    const nodes = large(200)
    const all = marked(beamTree({ beams: 8, nodes, results: [], stopped: 'x' }), 'data-node')
    expect(all.length).toBeLessThan(2000)
    expect(all.filter(({ attributes }) => attributes['data-state'] === 'kept')).toHaveLength(1601)
    expect(texts(beamTree({ beams: 8, nodes, results: [], stopped: 'x' }))).toContain('and 7 more')
  })

  test('draws the requested steps', () => {
    const some = beamTree({ beams: 8, nodes: large(30), results: [], stopped: 'x', first: 11, last: 12 })
    expect(texts(some).filter((text) => text.startsWith('step '))).toEqual(['step 10', 'step 11', 'step 12'])
    expect(some.width).toBeLessThan(500)
  })
})
