// Runs the probes of a drill on the restored server.

import { ClonectlError } from '../errors.ts'
import { isConnectionLost } from '../mysql/server-errno.ts'
import type { Session } from '../mysql/session.ts'
import type { ProbeResult } from '../repository/drill-file.ts'
import type { Probe } from './probe-file.ts'

/** As much of a value as evidence needs. */
const LONGEST = 1000

export interface ProbeRun {
  readonly session: Session
  readonly probes: readonly Probe[]
  readonly monotonicMs: () => number
  readonly onResult: (result: ProbeResult) => void
}

/**
 * Runs them one after the other in one session, so that USE and SET hold for what follows. One that
 * fails does not stop the others. Throws SERVER only when the connection is lost.
 */
export const runProbes = async (run: ProbeRun): Promise<void> => {
  for (const probe of run.probes) {
    const began = run.monotonicMs()
    const { found, message } = await probeWith(run.session, probe)
    run.onResult({
      sql: shortened(probe.sql),
      line: probe.line,
      outcome: message === null ? 'ok' : 'failed',
      expected: probe.expected ?? null,
      found: probe.expected === undefined || found === null ? null : shortened(found),
      message,
      durationMs: Math.round(run.monotonicMs() - began),
    })
  }
}

interface Answer {
  readonly found: string | null
  readonly message: string | null
}

const probeWith = async (session: Session, { sql, expected }: Probe): Promise<Answer> => {
  try {
    const found = await session.value(sql)
    const text = found ?? 'NULL'
    const message =
      expected === undefined || text === expected
        ? null
        : `found ${shortened(text)}, expected ${expected}`
    return { found, message }
  } catch (error) {
    if (isConnectionLost(error) || !(error instanceof ClonectlError)) throw error
    return { found: null, message: error.message }
  }
}

const shortened = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
