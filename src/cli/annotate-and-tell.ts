// What `chain pin`, `chain unpin` and `chain label` do.

import { buildChains, usableBackups } from '../chain/chains.ts'
import { lineageOf } from '../chain/lineage.ts'
import { ClonectlError } from '../errors.ts'
import { annotate, type Annotated } from '../repository/annotate.ts'
import type { Notes } from '../repository/notes-file.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { labelResult, pinResult } from './output/notes-result.ts'
import { parseTargetTime } from './target-time.ts'

export interface PinArguments {
  readonly id: string | undefined
  readonly reason: string | undefined
  readonly until: string | undefined
}

/** Throws USAGE, BACKUP_UNKNOWN, LOCKED. */
export const pinAndTell = async (
  context: CommandContext,
  { id, reason, until }: PinArguments,
): Promise<CommandResult> => {
  const at = context.clock.now()
  const end = until === undefined ? undefined : readUntil(context, until, at)
  const pin = {
    at: at.toISOString(),
    reason: reason ?? null,
    until: end?.toISOString() ?? null,
  }
  return tellPin(await change(context, id, (notes) => ({ ...notes, pin })))
}

/** Throws USAGE, BACKUP_UNKNOWN, LOCKED; a backup without a pin is no failure. */
export const unpinAndTell = async (
  context: CommandContext,
  id: string | undefined,
): Promise<CommandResult> =>
  tellPin(await change(context, id, (notes) => ({ ...notes, pin: null })))

/** An empty text takes the label away. Throws USAGE, BACKUP_UNKNOWN, LOCKED. */
export const labelAndTell = async (
  context: CommandContext,
  id: string | undefined,
  text: string | undefined,
): Promise<CommandResult> => {
  if (text === undefined)
    throw new ClonectlError('USAGE', 'clonectl chain label needs a TEXT', {
      hint: "clonectl chain label ID 'before the release'; '' takes the label away",
    })
  return labelResult(await change(context, id, (notes) => ({ ...notes, label: text })))
}

const change = async (
  context: CommandContext,
  id: string | undefined,
  by: (notes: Notes) => Notes,
): Promise<Annotated> => {
  if (id === undefined)
    throw new ClonectlError('USAGE', 'which backup is meant?', {
      hint: 'give an ID, its beginning, latest, latest-full or oldest',
    })
  const layout = await context.openRepository()
  const { commandLine: command, clock } = context
  return annotate({ command, clock }, layout, id, by)
}

const readUntil = ({ reporter }: CommandContext, text: string, now: Date): Date => {
  const { time, takenAs } = parseTargetTime(text, 'until')
  if (takenAs !== undefined)
    reporter.warn(`--until ${text} is taken as ${takenAs}, ${time.toISOString()}`)
  if (time > now) return time
  throw new ClonectlError('USAGE', `--until ${text} has passed already`, {
    hint: `it is ${now.toISOString()} now`,
  })
}

/** What a pin keeps is what a restore of the backup needs. */
const tellPin = (annotated: Annotated): CommandResult => {
  const { id } = annotated.backup
  const usable = usableBackups(buildChains(annotated.backups))
  const tip = usable.find((backup) => backup.id === id)
  const lineage = tip === undefined ? [] : lineageOf(tip, usable)
  return pinResult(
    annotated,
    lineage.filter((backup) => backup.id !== id).map((b) => b.id),
  )
}
