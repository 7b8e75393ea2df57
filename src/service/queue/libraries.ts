// The libraries of the queue, which the package carries in a file of its own: who only translates loads and installs none of them.
export { DelayedError, Job, Queue, UnrecoverableError, Worker, type WorkerOptions } from 'bullmq'
export { Redis, type RedisOptions } from 'ioredis'
