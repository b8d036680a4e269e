// Runs once before the server tests: makes sure that there is a MySQL to test with, or says in one
// line why there is none.
import type { TestProject } from 'vitest/node'
import { BedUnavailable, findBasedir } from './basedir.ts'
import { ensureTemplate } from './template.ts'

declare module 'vitest' {
  // What `inject` can be asked for.
  interface ProvidedContext {
    serverAvailable: boolean
  }
}

/** Why no server can be had, or undefined when one is ready. */
const prepare = async (): Promise<string | undefined> => {
  try {
    await ensureTemplate(await findBasedir())
    return undefined
  } catch (error) {
    if (!(error instanceof BedUnavailable)) throw error
    return error.message
  }
}

/**
 * Provides `serverAvailable` to the tests.
 * @throws Error under CI=true when no server can be had: there, skipping would hide a failure.
 */
export const setup = async (project: TestProject): Promise<void> => {
  const reason = await prepare()
  if (reason !== undefined && process.env['CI'] === 'true') {
    throw new Error(`server tests cannot run, and CI=true forbids to skip them: ${reason}`)
  }
  if (reason !== undefined) process.stderr.write(`server tests skipped: ${reason}\n`)
  project.provide('serverAvailable', reason === undefined)
}
