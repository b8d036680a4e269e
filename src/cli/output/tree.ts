// A chain as a tree: the full at the root, increments below what they are applied on.

import type { BackupId } from '../../chain/backup-id.ts'
import type { Chain, Member } from '../../chain/chains.ts'

export interface TreeLine {
  /** The branches drawn before the name. */
  readonly branch: string
  readonly member: Member
}

const childrenOf = (chain: Chain, base: BackupId): readonly Member[] =>
  chain.members.filter((member) => member.base === base)

/** The ids from the full to each tip: one path for each state that only a restore of it reaches. */
export const pathsOf = (chain: Chain): readonly (readonly BackupId[])[] => {
  const walk = (path: readonly BackupId[], id: BackupId): readonly (readonly BackupId[])[] => {
    const extended = [...path, id]
    const children = childrenOf(chain, id)
    return children.length === 0
      ? [extended]
      : children.flatMap((child) => walk(extended, child.backup.id))
  }
  return walk([], chain.full.id)
}

/**
 * The lines of the tree, each with its branches. An only child stands right below its parent, in
 * the same column: a chain of fifty increments stays as narrow as a chain of one.
 */
export const treeOf = (chain: Chain): readonly TreeLine[] => {
  const below = (id: BackupId, indent: string): readonly TreeLine[] => {
    const children = childrenOf(chain, id)
    return children.flatMap((member, index) => {
      const { branch, inner } = branches(indent, children.length, index)
      return [{ branch, member }, ...below(member.backup.id, inner)]
    })
  }
  const root = chain.members.filter((member) => member.backup.id === chain.full.id)
  return [...root.map((member) => ({ branch: '', member })), ...below(chain.full.id, '')]
}

const branches = (indent: string, siblings: number, index: number) => {
  if (siblings === 1) return { branch: indent, inner: indent }
  return index === siblings - 1
    ? { branch: `${indent}└─ `, inner: `${indent}   ` }
    : { branch: `${indent}├─ `, inner: `${indent}│  ` }
}
