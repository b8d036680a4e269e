// Drives a headless Chromium over its debugging pipe: NUL-separated JSON on file descriptors 3 and 4.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

type Params = Readonly<Record<string, unknown>>

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Params
  readonly result?: Params
  readonly error?: { readonly message: string }
  readonly sessionId?: string
}

export interface Page {
  /** Calls a method of the DevTools protocol. */
  call(method: string, params?: Params): Promise<Params>
  /** Every event since the page was made. */
  readonly events: readonly { readonly method: string; readonly params: Params }[]
  /** Opens a file and waits until it is loaded. */
  open(url: string): Promise<void>
  /** The value of an expression, in the page. */
  value(expression: string): Promise<unknown>
}

export interface Browser extends AsyncDisposable {
  /** An empty page in a window of its own. */
  newPage(): Promise<Page>
}

const ARGUMENTS = [
  '--remote-debugging-pipe',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--hide-scrollbars',
  '--force-color-profile=srgb',
  'about:blank',
]

/** Starts it with a profile that is gone afterwards. */
export const startChromium = async (program: string): Promise<Browser> => {
  const profile = await mkdtemp(join(tmpdir(), 'clonectl-chromium-'))
  const child = spawn(program, [`--user-data-dir=${profile}`, ...ARGUMENTS], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const closed = new Promise<void>((settle) => child.once('close', () => settle()))
  const link = connect(child.stdio[3] as Writable, child.stdio[4] as Readable, closed)
  return {
    newPage: () => newPage(link),
    [Symbol.asyncDispose]: async () => {
      await link.call('Browser.close').catch(() => undefined)
      await closed
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

interface Link {
  call(method: string, params?: Params, sessionId?: string): Promise<Params>
  onEvent(handler: (message: Message) => void): void
}

const connect = (to: Writable, from: Readable, closed: Promise<void>): Link => {
  const waiting = new Map<number, (message: Message) => void>()
  const handlers: ((message: Message) => void)[] = []
  let rest = Buffer.alloc(0)
  let lastId = 0
  const take = (message: Message): void => {
    if (message.id === undefined) for (const handler of handlers) handler(message)
    else waiting.get(message.id)?.(message)
  }
  from.on('data', (chunk: Buffer) => {
    const parts = Buffer.concat([rest, chunk])
    let start = 0
    for (let end = parts.indexOf(0); end >= 0; end = parts.indexOf(0, start)) {
      take(JSON.parse(parts.toString('utf8', start, end)) as Message)
      start = end + 1
    }
    rest = parts.subarray(start)
  })
  to.on('error', () => undefined)
  return {
    onEvent: (handler) => handlers.push(handler),
    call: (method, params = {}, sessionId) => {
      const id = (lastId += 1)
      to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
      return new Promise((settle, fail) => {
        void closed.then(() => fail(new Error(`Chromium ended before it answered ${method}`)))
        waiting.set(id, ({ result, error }) => {
          waiting.delete(id)
          if (error === undefined) settle(result ?? {})
          else fail(new Error(`${method}: ${error.message}`))
        })
      })
    },
  }
}

const newPage = async (link: Link): Promise<Page> => {
  const { targetId } = await link.call('Target.createTarget', { url: 'about:blank' })
  const attached = await link.call('Target.attachToTarget', { targetId, flatten: true })
  const sessionId = attached['sessionId'] as string
  const events: { method: string; params: Params }[] = []
  link.onEvent(({ method, params, sessionId: of }) => {
    if (of === sessionId && method !== undefined) events.push({ method, params: params ?? {} })
  })
  const call: Page['call'] = (method, params) => link.call(method, params, sessionId)
  const value: Page['value'] = async (expression) => {
    const answer = await call('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })
    const { result, exceptionDetails } = answer as {
      readonly result: { readonly value: unknown }
      readonly exceptionDetails?: object
    }
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails))
    return result.value
  }
  for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await call(`${domain}.enable`)
  return {
    call,
    events,
    value,
    open: async (url) => {
      const seen = events.length
      await call('Page.navigate', { url })
      while (!events.slice(seen).some(({ method }) => method === 'Page.loadEventFired'))
        await new Promise((settle) => setTimeout(settle, 20))
    },
  }
}
