// The end of each command's help: what it locks and with which exit statuses it can end.

import { type ErrorCode, errorTable } from '../errors.ts'
import type { AnyCommand } from './command.ts'

const LOCKS = {
  none: 'It takes no lock, so it can run beside every other command.',
  read: 'It only reads the repository, so it can run beside a backup.',
  write: 'It locks the repository: a second one is refused while it runs.',
} as const satisfies Record<AnyCommand['locks'], string>

/** Every command can end with these. */
const ALWAYS = ['USAGE', 'CANCELLED'] as const satisfies readonly ErrorCode[]

/** LOCK and EXIT STATUS. */
export const epilogueOf = (command: AnyCommand): string =>
  [`LOCK\n  ${LOCKS[command.locks]}`, `EXIT STATUS\n${exitStatusLines(command)}`].join('\n\n')

const exitStatusLines = ({ errors }: AnyCommand): string => {
  const codes = [...new Set<ErrorCode>([...ALWAYS, ...errors])]
  const statuses = codes.map((code) => ({ code, exitCode: errorTable[code].exitCode }))
  statuses.sort((a, b) => a.exitCode - b.exitCode)
  return [
    line(0, 'done'),
    line(1, 'a bug in clonectl'),
    ...statuses.map(({ code, exitCode }) => line(exitCode, `${code}: ${errorTable[code].about}`)),
  ].join('\n')
}

const line = (exitCode: number, about: string): string =>
  `${String(exitCode).padStart(5)}  ${about}`
