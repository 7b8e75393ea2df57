import type { FastifyInstance } from 'fastify'
import type { Service } from '../service.ts'

export async function libretranslate(_app: FastifyInstance, _: { service: Service }): Promise<void> {}
