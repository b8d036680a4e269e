// The end of each command's help: what it locks and with which exit statuses it can end.

import { type ErrorCode, errorTable } from '../errors.ts'
import type { AnyCommand } from './command.ts'

const LOCKS = {
  none: 'It takes no lock, so it can run beside every other command.',
  read: 'It only reads the repository, so it can run beside a backup.',
  write: 'It locks the repository: a second one is refused while it runs.',
  archive: 'It locks the archived binlogs of its server; it can run beside backups.',
} as const satisfies Record<AnyCommand['locks'], string>

/** Every command can end with these. */
const ALWAYS = ['USAGE', 'CANCELLED'] as const satisfies readonly ErrorCode[]

/** LOCK and EXIT STATUS, in lines of at most `width` characters. */
export const epilogueOf = (command: AnyCommand, width: number): string =>
  [
    `LOCK\n  ${LOCKS[command.locks]}`,
    `EXIT STATUS\n${exitStatuses(command)
      .map((line) => hanging(line, width))
      .join('\n')}`,
  ].join('\n\n')

const exitStatuses = ({ errors }: AnyCommand): readonly string[] => {
  const codes = [...new Set<ErrorCode>([...ALWAYS, ...errors])]
  const statuses = codes.map((code) => ({ code, exitCode: errorTable[code].exitCode }))
  statuses.sort((a, b) => a.exitCode - b.exitCode)
  return [
    status(0, 'done'),
    status(1, 'a bug in clonectl'),
    ...statuses.map(({ code, exitCode }) => status(exitCode, `${code}: ${errorTable[code].about}`)),
  ]
}

/** Where the text after the number begins. */
const INDENT = 7

const status = (exitCode: number, about: string): string =>
  `${String(exitCode).padStart(INDENT - 2)}  ${about}`

/** Breaks a line between words; what follows the first break is indented. */
const hanging = (line: string, width: number): string => {
  const end = line.lastIndexOf(' ', width - 1)
  return line.length < width || end <= INDENT
    ? line
    : `${line.slice(0, end)}\n${hanging(' '.repeat(INDENT) + line.slice(end + 1), width)}`
}
