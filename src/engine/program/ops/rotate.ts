import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

const directions = ['forward', 'back'] as const

/**
 * Rotary position embedding (Su et al. 2021, 3.2.2): the first `columns` columns of x are heads as wide as a row of `rotations`, and each pair
 * of a head's numbers turns by the angle of the row's position, `back` by its negative. Other columns stay as they are.
 * (y_2i, y_2i+1) = (x_2i cos θ_i − x_2i+1 sin θ_i, x_2i sin θ_i + x_2i+1 cos θ_i). x [S, d], positions [S, 1], rotations
 * [positions, dHead]: cos θ_0, sin θ_0, cos θ_1, … → y [S, d].
 */
export const rotate = defineOp({
  name: 'rotate',
  inputs: ['x', 'positions', 'rotations'],
  integers: ['positions'],
  constants: ['rotations'],
  attributes: { columns: 'count', direction: directions },
  neutral: { direction: 'forward' },
  outputs: ['rotated'],
  shapes: ({ x, positions, rotations }, { columns }) => {
    expectIs('rotate', positions, x.rows, 1)
    expectShape(rotations.width % 2 === 0, 'rotate', `${rotations} has an odd width`)
    expectShape(
      columns % rotations.width === 0 && columns <= x.width,
      'rotate',
      `${columns} columns are no heads of ${x} as wide as ${rotations}`,
    )
    return [x]
  },
  cost: ({ x }, { columns }) => ({ flops: 3 * columns, per: x.rows }),
  // The inverse of a rotation is its transpose.
  gradient: (
    p,
    { inputs: { x, positions, rotations }, attributes: { columns, direction }, dOutputs: [dy], gradients },
  ) =>
    gradients.contribute(
      x,
      rotate(
        p,
        { x: dy, positions, rotations },
        { columns, direction: direction === 'forward' ? 'back' : 'forward' },
      )[0],
    ),
})
