// The CLONE statements, as text (MySQL manual 7.6.7; GreatSQL sql_yacc.yy, clone_stmt).

import type { Lsn } from '../chain/lsn.ts'
import { quoteText } from '../mysql/sql-text.ts'

/** Whether the recipient's connection to the donor is encrypted; PREFERRED says nothing. */
export type DonorSsl = 'PREFERRED' | 'REQUIRED' | 'DISABLED'

/** The donor as CLONE INSTANCE names it; the host as it stands in clone_valid_donor_list. */
export interface DonorAddress {
  readonly user: string
  readonly host: string
  readonly port: number
  readonly password: string
  readonly ssl: DonorSsl
}

export interface CloneForm {
  /** Absolute path that does not exist yet, on the machine of the server that runs the statement. */
  readonly directory: string
  /** Another server to clone; without it the server clones itself. */
  readonly from?: DonorAddress | undefined
  /** GreatSQL: begin or go on tracking pages, so that increments can follow. */
  readonly pageTrack?: boolean
  /** GreatSQL: an increment, holding the pages changed since this LSN. */
  readonly startLsn?: Lsn | undefined
}

export interface CloneStatement {
  readonly sql: string
  /** The same without the password: for logs and journals. */
  readonly masked: string
  readonly secret: string | undefined
}

/** Writes the statement. Throws CONFIG for values that SQL text cannot carry. */
export const cloneStatement = (form: CloneForm): CloneStatement => ({
  sql: statementText(form, quoteText(form.from?.password ?? '')),
  masked: statementText(form, "'<secret>'"),
  secret: form.from?.password,
})

/** REQUIRE comes before the page-track clauses: any other order is a syntax error. */
const statementText = (form: CloneForm, password: string): string =>
  [
    `CLONE ${sourceText(form.from, password)}`,
    `DATA DIRECTORY = ${quoteText(form.directory)}`,
    ...requirement(form.from),
    ...(form.pageTrack ? ['ENABLE PAGE TRACK'] : []),
    ...(form.startLsn === undefined ? [] : [`START_LSN = ${form.startLsn}`]),
  ].join(' ')

const sourceText = (from: DonorAddress | undefined, password: string): string => {
  if (from === undefined) return 'LOCAL'
  const account = `${quoteText(from.user)}@${quoteText(from.host)}:${from.port}`
  return `INSTANCE FROM ${account} IDENTIFIED BY ${password}`
}

const requirement = (from: DonorAddress | undefined): readonly string[] => {
  if (from === undefined || from.ssl === 'PREFERRED') return []
  return [from.ssl === 'REQUIRED' ? 'REQUIRE SSL' : 'REQUIRE NO SSL']
}
