// clonectl chain show: which backup needs which, as paths and as a tree.

import { defineCommand } from '../command.ts'

export const chainShow = defineCommand({
  name: 'chain show',
  describe: 'Show chains as trees, with what they can restore',
  options: {
    history: {
      kind: 'string',
      value: 'FILE',
      describe: 'Show the chains of an exported mysql.clone_history instead of a repository',
    },
    'history-time-zone': {
      kind: 'string',
      value: '+HH:MM',
      describe: 'Time zone that the times in FILE were written in; UTC otherwise',
    },
  },
  positional: {
    name: 'id',
    describe: 'Only the chain of this backup: an id, its beginning, latest, latest-full or oldest',
  },
  connects: false,
  locks: 'none',
  examples: [
    { command: 'clonectl chain show --repo /backup/shop', about: 'Every chain' },
    { command: 'clonectl chain show latest --json', about: 'The newest one, for a program' },
    { command: 'clonectl chain show --history clone_history.tsv', about: 'Of clones by hand' },
  ],
  errors: [
    'CONFIG',
    'REPOSITORY_MISSING',
    'REPOSITORY_UNREADABLE',
    'REPOSITORY_NEWER',
    'BACKUP_UNKNOWN',
  ],
  async run({ history: file, historyTimeZone: timeZone }, context, id) {
    if (file !== undefined) {
      const { showHistoryChains } = await import('../show-history-chains.ts')
      return showHistoryChains(context, { file, timeZone, id })
    }
    const layout = await context.openRepository()
    const { narrowTo, viewRepository } = await import('../repository-view.ts')
    const { chainShowResult } = await import('../output/chain-show.ts')
    const { readArchives } = await import('../../binlog/read-archive.ts')
    const view = await viewRepository(layout)
    const archives = await readArchives(layout)
    return chainShowResult(id === undefined ? view : narrowTo(id, view), archives)
  },
})
