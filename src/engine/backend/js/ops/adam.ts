import type { Kernel } from '../operands/kernel.ts'

export const adam: Kernel<'adam'> = ({ gradients, rates, parameters, firstMoments, secondMoments }) => {
  const [rate, beta1, beta2, epsilon, decay, clip, correction1, correction2] = rates.data.subarray(
    rates.offset,
    rates.offset + 8,
  )
  const stepSize = rate / correction1
  const deviation = 1 / Math.sqrt(correction2)
  for (let i = 0; i < parameters.width; i++) {
    const gradient = gradients.data[gradients.offset + i] * clip
    const first = beta1 * firstMoments.data[firstMoments.offset + i] + (1 - beta1) * gradient
    const second = beta2 * secondMoments.data[secondMoments.offset + i] + (1 - beta2) * gradient * gradient
    const parameter = parameters.data[parameters.offset + i]
    firstMoments.data[firstMoments.offset + i] = first
    secondMoments.data[secondMoments.offset + i] = second
    parameters.data[parameters.offset + i] =
      parameter - rate * decay * parameter - (stepSize * first) / (Math.sqrt(second) * deviation + epsilon)
    gradients.data[gradients.offset + i] = 0
  }
}
