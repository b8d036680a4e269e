// Where the repository may lie: at a path every statement can carry, and apart from the server's
// own directories, because mysqld takes every tablespace file it finds there for its own.

import { isAbsolute, resolve } from 'node:path'
import type { Session } from '../../mysql/session.ts'
import { isInside, realPathOfNearest } from '../../system/real-path.ts'
import type { Check, Finding } from '../check.ts'

/** Quotes break GreatSQL's insert into clone_history; control characters hide in logs. */
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /['"`\\\u0000-\u001f\u007f]/u

export const repositoryPath: Check = {
  name: 'repository-path',
  run: async ({ recipient: { session, identity }, repository, engine }) => {
    if (repository === undefined)
      return { state: 'warn', message: 'no repository was named', hint: 'Give --repo DIR.' }
    return (
      spellingProblem(repository) ??
      (engine === 'greatsql' ? greatsqlProblem(repository) : undefined) ??
      (await placeFinding(session, repository, identity.datadir))
    )
  },
}

/** GreatSQL 8.0 puts paths into a shell, unquoted, when it applies an increment (arch0apply.cc). */
const SAFE = /^[A-Za-z0-9._/@+-]+$/
/** DESTINATION of mysql.clone_history is a VARCHAR(512), and a backup's own name follows. */
const LONGEST_BYTES = 511 - '/UTC20261120T093012.345-full/data/'.length

const greatsqlProblem = (repository: string): Finding | undefined => {
  if (!SAFE.test(repository))
    return {
      state: 'fail',
      message: `the repository path ${JSON.stringify(repository)} holds more than letters, digits and ._/@+-, which GreatSQL hands to a shell`,
      hint: 'Choose a path of these characters alone.',
    }
  if (Buffer.byteLength(repository) <= LONGEST_BYTES) return undefined
  return {
    state: 'fail',
    message: `the repository path has ${Buffer.byteLength(repository)} bytes; mysql.clone_history has room for ${LONGEST_BYTES}`,
    hint: 'Choose a shorter path.',
  }
}

const spellingProblem = (repository: string): Finding | undefined => {
  if (!isAbsolute(repository))
    return {
      state: 'fail',
      message: `the repository path ${repository} is not absolute`,
      hint: 'Give --repo an absolute path.',
    }
  if (!FORBIDDEN.test(repository)) return undefined
  return {
    state: 'fail',
    message: `the repository path ${JSON.stringify(repository)} holds a quote, a backslash or a control character`,
    hint: 'Choose a path without them.',
  }
}

const placeFinding = async (
  session: Session,
  repository: string,
  datadir: string,
): Promise<Finding> => {
  const real = await realPathOfNearest(repository)
  for (const { variable, path } of await readServerDirectories(session, datadir)) {
    const taken = await realPathOfNearest(path)
    if (!isInside(real, taken) && !isInside(taken, real)) continue
    const relation = real === taken ? 'is' : isInside(real, taken) ? 'lies in' : 'contains'
    return {
      state: 'fail',
      message: `the repository ${real} ${relation} the server’s ${variable} ${taken}`,
      hint: 'Choose a repository apart from the server’s directories, best on another disk.',
    }
  }
  return { state: 'ok', message: `the repository ${real} is apart from the server’s directories` }
}

interface ServerDirectory {
  readonly variable: string
  readonly path: string
}

const DIRECTORIES_SQL =
  'SELECT @@GLOBAL.innodb_data_home_dir AS innodb_data_home_dir, ' +
  '@@GLOBAL.innodb_undo_directory AS innodb_undo_directory, ' +
  '@@GLOBAL.innodb_log_group_home_dir AS innodb_log_group_home_dir, ' +
  '@@GLOBAL.innodb_directories AS innodb_directories'

/** Relative ones are meant from the data directory; innodb_directories is a list with semicolons. */
const readServerDirectories = async (
  session: Session,
  datadir: string,
): Promise<readonly ServerDirectory[]> => {
  const [row] = await session.query(DIRECTORIES_SQL)
  const others = Object.entries(row ?? {}).flatMap(([variable, value]) =>
    (value ?? '')
      .split(';')
      .filter((part) => part !== '')
      .map((part) => ({ variable, path: resolve(datadir, part) })),
  )
  return [{ variable: 'datadir', path: datadir }, ...others]
}
