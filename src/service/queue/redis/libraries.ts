// The libraries of the queue, bundled into a separate file: users who only translate neither load nor install them.
export { DelayedError, Job, Queue, UnrecoverableError, Worker, type WorkerOptions } from 'bullmq'
export { Redis, type RedisOptions } from 'ioredis'
