// What GreatSQL answers to a statement: mostly what the real server does, and here what it does not.
import type { Client, Outcome } from '../protocol/conversation.ts'
import { SqlError } from '../protocol/sql-error.ts'
import { answerClone } from '../clone/clone-command.ts'
import { answerDonor } from '../clone/donor-service.ts'
import { parseDonorStatement } from '../clone/donor-wire.ts'
import { applyReplacements } from '../sql/rewrite.ts'
import { splitStatements } from '../sql/split.ts'
import { isWord, tokenize, type Token } from '../sql/tokens.ts'
import { adjustTuning } from './control.ts'
import { forgetPlugin, type GreatSql } from './greatsql.ts'
import { findReplacements } from './names.ts'
import { answerSet } from './set-command.ts'
import { showVariables } from './show-variables.ts'

/** Whatever has none of these is passed on unread. */
const ofInterest =
  /clone|version|page_track_set|sharp_checkpoint|variables|basedir|authentication_plugin|master\s+status|binary\s+log\s+status|emulator/i

/** A larger text is data to be stored, and not read either. */
const longestRead = 1024 * 1024

const mayMatter = (text: string): boolean => text.length <= longestRead && ofInterest.test(text)

/** Statements that show or compute; names in others (such as DROP TABLE) are left alone. */
const rewritable = ['SELECT', 'WITH', 'SHOW', 'SET', 'DO', 'INSERT', 'REPLACE', 'CREATE', 'EXPLAIN']

const syntaxError = (near: string): SqlError =>
  new SqlError(
    1064,
    '42000',
    'You have an error in your SQL syntax; check the manual that corresponds to your MySQL ' +
      `server version for the right syntax to use near '${near}' at line 1`,
  )

/** 8.0 has SHOW MASTER STATUS, 8.4 and later SHOW BINARY LOG STATUS, neither has both. */
const binlogStatus = ({ release }: GreatSql, tokens: readonly Token[]): string | undefined => {
  if (!isWord(tokens[0], 'SHOW')) return undefined
  const old = isWord(tokens[1], 'MASTER') && isWord(tokens[2], 'STATUS')
  const recent =
    isWord(tokens[1], 'BINARY') && isWord(tokens[2], 'LOG') && isWord(tokens[3], 'STATUS')
  if (recent && !release.is84) throw syntaxError('LOG STATUS')
  return old && !release.is84 ? 'SHOW BINARY LOG STATUS' : undefined
}

const rewrite = async (
  emulated: GreatSql,
  client: Client,
  text: string,
  tokens: readonly Token[],
): Promise<string> => {
  const [first] = tokens
  const known = first?.text === '(' || isWord(first, ...rewritable)
  if (!known) return text
  const replacements = await findReplacements({ emulated, client, text, tokens })
  const changed = applyReplacements(text, tokens, replacements)
  return (
    binlogStatus(emulated, tokens) ??
    (await showVariables(emulated, changed, tokenize(changed))) ??
    changed
  )
}

const isUninstall = (tokens: readonly Token[]): boolean =>
  isWord(tokens[0], 'UNINSTALL') && isWord(tokens[1], 'PLUGIN') && isWord(tokens[2], 'CLONE')

const dispatch = async (emulated: GreatSql, client: Client, text: string): Promise<Outcome> => {
  const tokens = tokenize(text)
  const [first] = tokens
  if (isWord(first, 'CLONE')) {
    const asDonor = parseDonorStatement(text)
    return asDonor ? answerDonor(emulated, client, asDonor) : answerClone(emulated, client, text)
  }
  if (isWord(first, 'EMULATOR')) return adjustTuning(emulated, tokens)
  if (isWord(first, 'SET')) {
    const outcome = await answerSet(emulated, client, text)
    if (outcome) return outcome
  }
  if (isUninstall(tokens)) {
    const after = (succeeded: boolean): void => {
      if (succeeded) forgetPlugin(emulated)
    }
    return { kind: 'forward', text, after }
  }
  return { kind: 'forward', text: await rewrite(emulated, client, text, tokens) }
}

/** `USE db` has no command of its own in the protocol when it is sent as a statement. */
const noteDatabase = (client: Client, text: string): ((succeeded: boolean) => void) | undefined => {
  const [first, name] = /^\s*use\b/i.test(text) ? tokenize(text) : []
  if (!isWord(first, 'USE') || name === undefined) return undefined
  return (succeeded) => {
    if (succeeded) client.database = name.value
  }
}

/** Answers one statement of a client. */
export const answerStatement = async (
  emulated: GreatSql,
  client: Client,
  text: string,
): Promise<Outcome> => {
  const after = noteDatabase(client, text)
  if (after) return { kind: 'forward', text, after }
  if (!mayMatter(text)) return { kind: 'forward', text }
  try {
    return await dispatch(emulated, client, text)
  } catch (error) {
    if (error instanceof SqlError) return { kind: 'error', error }
    throw error
  }
}

/** Answers COM_STMT_PREPARE. What stands for names is taken when the statement is prepared. */
export const answerPrepare = async (
  emulated: GreatSql,
  client: Client,
  text: string,
): Promise<Outcome> => {
  if (!mayMatter(text)) return { kind: 'forward', text }
  const tokens = tokenize(text)
  const unsupported = isWord(tokens[0], 'CLONE') || isWord(tokens[0], 'EMULATOR')
  try {
    if (unsupported) {
      throw new SqlError(
        1295,
        'HY000',
        'This command is not supported in the prepared statement protocol yet',
      )
    }
    return { kind: 'forward', text: await rewrite(emulated, client, text, tokens) }
  } catch (error) {
    if (error instanceof SqlError) return { kind: 'error', error }
    throw error
  }
}

/** What is answered one after another: the text as it is, unless some of it is answered here. */
export const splitText = (text: string): readonly string[] => {
  const matters = mayMatter(text) || (text.length <= longestRead && /\buse\b/i.test(text))
  return matters ? splitStatements(text) : [text]
}
