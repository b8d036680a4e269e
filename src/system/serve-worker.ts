// The worker's side of a WorkerPool: take a job, answer it, wait for the next.

import { parentPort } from 'node:worker_threads'
import { packError, type PackedError } from './worker-error.ts'

/** What a worker sends: any number of messages while it is at a job, then how the job ended. */
export type WorkerReply<Result, Message> =
  { readonly message: Message } | { readonly result: Result } | { readonly error: PackedError }

/** What a worker does with each job. */
export type JobHandler<Job, Result, Message> = (
  job: Job,
  emit: (message: Message) => void,
) => Promise<Result> | Result

const answer = async <Job, Result, Message>(
  handler: JobHandler<Job, Result, Message>,
  job: Job,
  send: (reply: WorkerReply<Result, Message>) => void,
): Promise<WorkerReply<Result, Message>> => {
  const emit = (message: Message): void => {
    send({ message })
  }
  try {
    return { result: await handler(job, emit) }
  } catch (error) {
    return { error: packError(error) }
  }
}

/**
 * Answers each job of a pool with what `handler` returns or throws. Called once, at the top level
 * of a worker file. Jobs and results cross as structured clones: a Buffer arrives as a Uint8Array.
 */
export const serveWorker = <Job, Result, Message = never>(
  handler: JobHandler<Job, Result, Message>,
): void => {
  const port = parentPort
  if (port === null) throw new Error('serveWorker is for worker threads only')
  const send = (reply: WorkerReply<Result, Message>): void => {
    port.postMessage(reply)
  }
  port.on('message', (job: Job) => {
    void answer(handler, job, send).then(send)
  })
}
