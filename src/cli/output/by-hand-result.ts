// What `decompress` and `apply` answer.

import type { ByHandOutcome } from '../../restore/apply-by-hand.ts'
import type { Decompressed } from '../../restore/decompress.ts'
import type { CommandResult } from '../command.ts'
import { formatBytes } from './bytes.ts'
import { formatDuration } from './duration.ts'
import { formatTable } from './table.ts'

/** The decompressed files as a document and as text. */
export const decompressResult = (outcome: Decompressed, durationMs: number): CommandResult => {
  const { directory, files } = outcome
  const storedBytes = files.reduce((sum, file) => sum + file.storedBytes, 0)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return {
    document: { directory, files, storedBytes, bytes, durationMs: Math.round(durationMs) },
    text:
      files.length === 0
        ? `nothing in ${directory} is compressed\n`
        : [
            `directory:    ${directory}\n`,
            `decompressed: ${files.length} files, ${formatBytes(storedBytes)} to ${formatBytes(bytes)}\n`,
            `took:         ${formatDuration(durationMs)}\n`,
            `\n${filesText(outcome)}`,
          ].join(''),
  }
}

const filesText = ({ files }: Decompressed): string =>
  formatTable(
    [
      { title: 'FILE' },
      { title: 'CODEC' },
      { title: 'STORED', align: 'right' },
      { title: 'BYTES', align: 'right' },
    ],
    files.map(({ to, codec, storedBytes, bytes }) => [
      to,
      codec,
      formatBytes(storedBytes),
      formatBytes(bytes),
    ]),
  )

/** What was applied as a document and as text. */
export const applyResult = (outcome: ByHandOutcome, durationMs: number): CommandResult => ({
  document: {
    datadir: outcome.datadir,
    appliedBy: outcome.by,
    steps: outcome.steps,
    durationMs: Math.round(durationMs),
  },
  text: [
    `datadir:    ${outcome.datadir}\n`,
    `applied by: ${outcome.by}\n`,
    ...outcome.steps.map(
      ({ step, directory, tablespaces, pages }) =>
        `${`${step}:`.padEnd(11)} ${pages} pages of ${tablespaces} tablespaces from ${directory}\n`,
    ),
    ...outcome.steps.flatMap(({ gone }) => gone.map((path) => `gone:       ${path}\n`)),
    `took:       ${formatDuration(durationMs)}\n`,
  ].join(''),
})
