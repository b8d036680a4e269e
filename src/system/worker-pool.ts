// A fixed number of worker threads that share a queue of jobs. Threads are started when first
// needed, kept for the next job, and replaced when they die.

import { setMaxListeners } from 'node:events'
import { Worker, type ResourceLimits } from 'node:worker_threads'
import { ClonectlError } from '../errors.ts'
import type { WorkerReply } from './serve-worker.ts'
import { unpackError } from './worker-error.ts'

/** How a job is watched and ended early. */
export interface RunOptions<Message> {
  readonly signal?: AbortSignal | undefined
  /** Gets what the worker emits while it is at the job, in order and before the result. */
  readonly onMessage?: ((message: Message) => void) | undefined
}

/** Worker threads that all do the same kind of job. */
export interface WorkerPool<Job, Result, Message = never> extends AsyncDisposable {
  /**
   * Has one worker do the job, as soon as one is free. Rejects with what the worker threw (a
   * ClonectlError keeps code, hint and details), or with CANCELLED when `signal` fires: the worker
   * is then ended first, so that it touches nothing any more. A worker that dies rejects its job,
   * and so does an `onMessage` that throws.
   */
  run(job: Job, options?: RunOptions<Message>): Promise<Result>
}

/** How many threads there may be, and what each may use. */
export interface WorkerPoolOptions {
  readonly size: number
  /** Limits of each thread's heap and stack, in MiB. */
  readonly resourceLimits?: ResourceLimits
}

interface Task<Job, Result, Message> {
  readonly job: Job
  readonly onMessage: ((message: Message) => void) | undefined
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/** A thread, the task it is at, and why it is about to end. */
interface Member<Job, Result, Message> {
  readonly worker: Worker
  task: Task<Job, Result, Message> | undefined
  failure: unknown
}

const cancelled = (): ClonectlError =>
  new ClonectlError('CANCELLED', 'The work was cancelled before it was done.')

class ThreadPool<Job, Result, Message> implements WorkerPool<Job, Result, Message> {
  readonly #url: URL
  readonly #options: WorkerPoolOptions
  readonly #members = new Set<Member<Job, Result, Message>>()
  #queue: Task<Job, Result, Message>[] = []
  #closed = false

  constructor(url: URL, options: WorkerPoolOptions) {
    this.#url = url
    this.#options = options
  }

  async run(job: Job, options: RunOptions<Message> = {}): Promise<Result> {
    const { signal, onMessage } = options
    if (this.#closed || signal?.aborted === true) throw cancelled()
    // One signal ends a whole run: that many jobs listen to it is no leak.
    if (signal !== undefined) setMaxListeners(0, signal)
    let cancel = (): void => undefined
    try {
      return await new Promise<Result>((resolve, reject) => {
        const task = { job, onMessage, resolve, reject }
        cancel = () => this.#cancel(task)
        signal?.addEventListener('abort', cancel)
        this.#queue.push(task)
        this.#handOut()
      })
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    for (const task of this.#queue.splice(0)) task.reject(cancelled())
    await Promise.all([...this.#members].map((member) => this.#end(member, cancelled())))
  }

  #handOut(): void {
    while (this.#queue.length > 0 && !this.#closed) {
      const member = this.#freeMember()
      const task = member === undefined ? undefined : this.#queue.shift()
      if (member === undefined || task === undefined) return
      this.#assign(member, task)
    }
  }

  #freeMember(): Member<Job, Result, Message> | undefined {
    for (const member of this.#members) {
      if (member.task === undefined && member.failure === undefined) return member
    }
    return this.#members.size < this.#options.size ? this.#start() : undefined
  }

  #start(): Member<Job, Result, Message> {
    const { resourceLimits } = this.#options
    const worker = new Worker(this.#url, resourceLimits === undefined ? {} : { resourceLimits })
    const member: Member<Job, Result, Message> = { worker, task: undefined, failure: undefined }
    this.#members.add(member)
    worker.on('message', (reply: WorkerReply<Result, Message>) => this.#settle(member, reply))
    worker.on('messageerror', (error) => void this.#end(member, error))
    // 'exit' follows and rejects the task, once the thread is really gone.
    worker.on('error', (error) => (member.failure ??= error))
    worker.on('exit', (code) => this.#bury(member, code))
    return member
  }

  #assign(member: Member<Job, Result, Message>, task: Task<Job, Result, Message>): void {
    try {
      member.worker.postMessage(task.job)
      member.task = task
    } catch (error) {
      // The job holds something that cannot cross; the worker never saw it.
      task.reject(error)
    }
  }

  #settle(member: Member<Job, Result, Message>, reply: WorkerReply<Result, Message>): void {
    const { task } = member
    // A thread that is being ended may still answer; its task is rejected when it is gone.
    if (task === undefined || member.failure !== undefined) return
    if ('message' in reply) {
      this.#passOn(member, task, reply.message)
      return
    }
    member.task = undefined
    if ('error' in reply) task.reject(unpackError(reply.error))
    else task.resolve(reply.result)
    this.#handOut()
  }

  #passOn(
    member: Member<Job, Result, Message>,
    task: Task<Job, Result, Message>,
    message: Message,
  ): void {
    try {
      task.onMessage?.(message)
    } catch (error) {
      // Whoever listens has failed: the rest of the job is of no use to them.
      void this.#end(member, error)
    }
  }

  #bury(member: Member<Job, Result, Message>, exitCode: number): void {
    this.#members.delete(member)
    const died = new Error(`a worker thread ended with exit code ${exitCode} in the midst of a job`)
    member.task?.reject(member.failure ?? died)
    this.#handOut()
  }

  #cancel(task: Task<Job, Result, Message>): void {
    const member = [...this.#members].find((candidate) => candidate.task === task)
    if (member !== undefined) void this.#end(member, cancelled())
    this.#queue = this.#queue.filter((queued) => queued !== task)
    if (member === undefined) task.reject(cancelled())
  }

  async #end(member: Member<Job, Result, Message>, failure: unknown): Promise<void> {
    member.failure ??= failure
    await member.worker.terminate()
  }
}

/**
 * Makes a pool of at most `size` threads that each run the file at `workerUrl`, which calls
 * `serveWorker`: `new URL('./x-worker.js', import.meta.url)`. Dispose of it: threads that wait for
 * work keep the process alive.
 */
export const createWorkerPool = <Job, Result, Message = never>(
  workerUrl: URL,
  options: WorkerPoolOptions,
): WorkerPool<Job, Result, Message> => {
  if (!(options.size >= 1)) throw new RangeError(`a pool of ${options.size} workers does nothing`)
  return new ThreadPool(workerUrl, options)
}
