// Which servers can be backed up, and what of them this version uses.

import type { Check, CheckContext, Finding } from '../check.ts'

/** MySQL 8.0.30 brought the redo log of numbered files, the only one clonectl reads. */
const OLDEST = [8, 0, 30] as const

const isOldEnough = (version: string): boolean => {
  const numbers = version.split(/[.-]/).map(Number)
  const difference = OLDEST.map((oldest, index) => (numbers[index] ?? 0) - oldest)
  return (difference.find((part) => part !== 0) ?? 0) >= 0
}

const judge = ({ identity, capabilities, engine }: CheckContext): Finding => {
  const server = `${identity.flavour} ${identity.version}`
  if (!isOldEnough(identity.version))
    return {
      state: 'fail',
      message: `the server is ${server}; ${OLDEST.join('.')} or later is needed, because the redo log of older servers cannot be read`,
      hint: `Upgrade the server to ${OLDEST.join('.')} or later.`,
    }
  if (engine === 'greatsql' && !capabilities.incrementalClone)
    return {
      state: 'fail',
      message: `the server is ${server}, which cannot make increments itself`,
      hint: 'Leave out --engine greatsql, or upgrade to GreatSQL 8.0.32-26 or later.',
    }
  const maker = engine === 'greatsql' ? 'the server makes' : 'clonectl makes'
  return { state: 'ok', message: `the server is ${server}; increments are those that ${maker}` }
}

export const serverVersion: Check = {
  name: 'server-version',
  run: async (context) => judge(context),
}
