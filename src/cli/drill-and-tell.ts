// What `drill` does: reads what is asked, drills, and tells it.

import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { ClonectlError } from '../errors.ts'
import type { CheckLevel } from '../restore/check-tables.ts'
import { drill } from '../restore/drill.ts'
import type { DrillContext, DrillRequest } from '../restore/drill-request.ts'
import { parseProbes, type Probe } from '../restore/probe-file.ts'
import { readTablePatterns } from '../mysql/table-pattern.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { drillResult } from './output/drill-result.ts'
import type { KeyArguments } from './read-key-source.ts'
import { type TargetArguments, targetOptionOf } from './recovery-target.ts'
import { readRestoreRequest, type RestoreArguments, restoreContextOf } from './restore-request.ts'

export interface DrillArguments
  extends
    KeyArguments,
    TargetArguments,
    Pick<RestoreArguments, 'binlogDir' | 'binlogServer' | 'replay' | 'apply' | 'parallel'> {
  readonly id: string | undefined
  readonly scratchDir: string | undefined
  readonly tables: string | undefined
  readonly checkTable: CheckLevel
  readonly noCheckTable: boolean
  readonly probes: string | undefined
  readonly keep: boolean
}

/** Throws USAGE, CONFIG, and what the drill throws. */
export const drillAndTell = async (
  context: CommandContext,
  args: DrillArguments,
): Promise<CommandResult> => {
  const request = await readDrillRequest(context, args)
  const drillContext: DrillContext = {
    ...(await restoreContextOf(context, args)),
    clonectlVersion: context.version,
    monotonicMs: () => performance.now(),
  }
  return drillResult(await drill(drillContext, request))
}

const readDrillRequest = async (
  context: CommandContext,
  args: DrillArguments,
): Promise<DrillRequest> => {
  const option = targetOptionOf(args)
  if (args.id !== undefined && option !== undefined)
    throw new ClonectlError('USAGE', `an ID and ${option} exclude each other`, {
      hint: 'the target decides which backup is restored',
    })
  const scratchDir = args.scratchDir ?? defaultScratch()
  const asked = { ...args, backup: args.id, targetDir: scratchDir, start: false }
  const { targetDir: _, start: __, ...restore } = await readRestoreRequest(asked, context)
  return {
    ...restore,
    scratchDir,
    tables: args.tables === undefined ? [] : readTablePatterns(args.tables),
    checkLevel: args.noCheckTable ? undefined : args.checkTable,
    probes: args.probes === undefined ? [] : await readProbes(args.probes),
    keep: args.keep,
  }
}

/** /tmp is small and often kept in memory; /var/tmp is made for what is large (file-hierarchy(7)). */
const defaultScratch = (): string => (tmpdir() === '/tmp' ? '/var/tmp' : tmpdir())

const readProbes = async (file: string): Promise<readonly Probe[]> => {
  try {
    return parseProbes(await readFile(file, 'utf8'), file)
  } catch (cause) {
    if (cause instanceof ClonectlError) throw cause
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException
    throw new ClonectlError('CONFIG', `--probes ${file} cannot be read: ${code}`, {
      hint: 'name a file of SQL statements that you may read',
      details: { field: 'probes', value: file },
      cause,
    })
  }
}
