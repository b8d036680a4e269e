// Keeps the client's connection in the real server busy while its CLONE runs, so that the process
// list shows it and KILL, with the real server's rules of who may, ends it.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from '../../bed/instance.ts'
import type { Client } from '../protocol/conversation.ts'
import { shownClone } from '../sql/clone-statement.ts'
import { interrupted } from './real-clone.ts'

const ONE_YEAR_SECONDS = 31_536_000
const ASK_AGAIN_MS = 20

export interface Anchor {
  /** Raised by KILL, KILL QUERY, or the end of the real server. */
  readonly signal: AbortSignal
  /** Frees the connection for the next statement. */
  release(): Promise<void>
}

/** A comment cannot hold its own end. */
const asComment = (statement: string): string =>
  `/* ${Buffer.from(shownClone(statement), 'latin1').toString('utf8').replaceAll('*/', '* /')} */`

export const dropAnchor = (client: Client, server: Instance, statement: string): Anchor => {
  const controller = new AbortController()
  const sleeping = client
    .ask(`${asComment(statement)} DO SLEEP(${ONE_YEAR_SECONDS})`)
    // The connection is gone, which ends the statement as KILL does.
    .catch(() => undefined)
    .then(() => {
      controller.abort(interrupted())
    })
  return {
    signal: controller.signal,
    release: async () => {
      // A KILL that comes before the statement has begun does nothing, hence again and again.
      while (!controller.signal.aborted) {
        await server.sql(`KILL QUERY ${client.connectionId}`).catch(() => undefined)
        await Promise.race([sleeping, sleep(ASK_AGAIN_MS)])
      }
    },
  }
}
