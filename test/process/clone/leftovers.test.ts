import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { clearLeftovers } from '../../../src/clone/leftovers.ts'
import { ClonectlError } from '../../../src/errors.ts'
import type { Row } from '../../../src/mysql/session.ts'
import { readCatalog } from '../../../src/repository/catalog.ts'
import { layoutOf } from '../../../src/repository/layout.ts'
import { writeManifest } from '../../../src/repository/manifest-file.ts'
import { openRunJournal } from '../../../src/repository/run-journal.ts'
import { cloneContext, type FakeCloneContext, sessionThat } from '../../fakes/clone-context.ts'
import { cloneStatusRow } from '../../fakes/clone-status-row.ts'
import { makeManifest } from '../../fakes/manifest.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const SEALED = 'UTC20261120T080000.000-full'
const DEAD = 'UTC20261120T090000.000-incr'
const scratch = useScratchDir()
const layout = () => layoutOf(scratch())

const clear = async (context: FakeCloneContext): Promise<readonly string[]> =>
  clearLeftovers(context, layout(), await readCatalog(layout()))

beforeEach(async () => {
  mkdirSync(scratch(SEALED))
  await writeManifest(layout().backup(SEALED), makeManifest(SEALED))
})

/** What a run leaves that died while it compared. */
const leaveDeadRun = async (): Promise<void> => {
  mkdirSync(scratch(DEAD, 'staging'), { recursive: true })
  writeFileSync(scratch(DEAD, 'staging', 'ibdata1'), 'x')
  const clock = { now: () => new Date('2026-11-20T09:00:05.000Z') }
  const owner = { pid: 4711, startTime: '1', host: 'db1' }
  const journal = openRunJournal(layout().backup(DEAD).journal, 'clonectl incr', owner, clock)
  await journal.begin('begin')
  await journal.begin('compare')
}

describe('clearLeftovers', () => {
  it('does nothing where every backup is sealed', async () => {
    const context = cloneContext()
    expect(await clear(context)).toEqual([])
    expect(context.reporter.lines).toEqual([])
    expect(readdirSync(scratch())).toEqual([SEALED])
  })

  it('moves what a dead run left to the trash, and says whose it was', async () => {
    await leaveDeadRun()
    const context = cloneContext()
    expect(await clear(context)).toEqual([scratch('trash', DEAD)])
    expect(context.reporter.lines).toEqual([
      `warn: moved ${DEAD} to the trash: a run (clonectl incr, pid 4711) died in step "compare" at 2026-11-20T09:00:05.000Z`,
    ])
    expect(readdirSync(scratch()).sort()).toEqual([SEALED, 'trash'])
    expect(existsSync(scratch('trash', DEAD, 'staging', 'ibdata1'))).toBe(true)
  })

  it.each([
    ['before its journal was written', undefined],
    ['and whose journal cannot be read', '{'],
  ])('moves what a run left that died %s', async (_, journal) => {
    mkdirSync(scratch(DEAD))
    if (journal !== undefined) writeFileSync(scratch(DEAD, 'run.json'), journal)
    const context = cloneContext()
    expect(await clear(context)).toEqual([scratch('trash', DEAD)])
    expect(context.reporter.lines).toEqual([
      `warn: moved ${DEAD} to the trash: a run died before it wrote its journal`,
    ])
  })

  it('does not touch a backup whose manifest is damaged', async () => {
    writeFileSync(scratch(SEALED, 'manifest.json'), '{')
    expect(await clear(cloneContext())).toEqual([])
    expect(readdirSync(scratch())).toEqual([SEALED])
  })

  /** A server on which a clone goes on into this directory until it is killed and asked twice more. */
  const donorCloning = (directory: string) => {
    const statements: string[] = []
    let looksLeft = Infinity
    const session = sessionThat((sql): readonly Row[] => {
      statements.push(sql.startsWith('KILL') ? sql : 'look')
      if (sql.startsWith('KILL')) looksLeft = 2
      const running = !sql.startsWith('KILL') && looksLeft-- > 0
      const row = cloneStatusRow(`${directory}/staging`, { STATE: 'In Progress', END_TIME: null })
      return running ? [row] : []
    })
    return { session, statements }
  }

  it('ends the clone a dead run left on the server, and waits until it has ended', async () => {
    await leaveDeadRun()
    const { session, statements } = donorCloning(scratch(DEAD))
    const context = cloneContext({ session })
    expect(await clear(context)).toEqual([scratch('trash', DEAD)])
    expect(statements).toEqual(['look', 'KILL QUERY 16', 'look', 'look', 'look'])
    expect(context.reporter.lines[0]).toBe('warn: ending the clone a dead run left on the server')
    expect(context.reporter.fields[0]).toEqual({ session: 16 })
  })

  it('leaves clones into other directories alone', async () => {
    await leaveDeadRun()
    const { session, statements } = donorCloning(`${scratch(DEAD)}-of-somebody-else`)
    expect(await clear(cloneContext({ session }))).toHaveLength(1)
    expect(statements).toEqual(['look'])
  })

  it('moves nothing when the user cancels while the clone is still there', async () => {
    await leaveDeadRun()
    const { session } = donorCloning(scratch(DEAD))
    const reason = new ClonectlError('CANCELLED', 'cancelled by SIGINT')
    const context = cloneContext({ session, signal: AbortSignal.abort(reason) })
    expect(await failureOf(clear(context))).toBe(reason)
    expect(existsSync(scratch(DEAD))).toBe(true)
  })
})
