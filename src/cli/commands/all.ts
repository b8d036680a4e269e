// Every command there is, in the order the help shows them.

import type { AnyCommand } from '../command.ts'
import { apply } from './apply.ts'
import { binlogFind } from './binlog-find.ts'
import { binlogList } from './binlog-list.ts'
import { binlogPull } from './binlog-pull.ts'
import { binlogVerify } from './binlog-verify.ts'
import { chainAdopt } from './chain-adopt.ts'
import { chainExpire } from './chain-expire.ts'
import { chainLabel } from './chain-label.ts'
import { chainList } from './chain-list.ts'
import { chainMerge } from './chain-merge.ts'
import { chainPin } from './chain-pin.ts'
import { chainRebuild } from './chain-rebuild.ts'
import { chainShow } from './chain-show.ts'
import { chainUnpin } from './chain-unpin.ts'
import { chainVerify } from './chain-verify.ts'
import { decompress } from './decompress.ts'
import { doctor } from './doctor.ts'
import { drill } from './drill.ts'
import { full } from './full.ts'
import { history } from './history.ts'
import { incr } from './incr.ts'
import { metrics } from './metrics.ts'
import { report } from './report.ts'
import { restore } from './restore.ts'
import { pageTrackPurge } from './page-track-purge.ts'
import { pageTrackStart } from './page-track-start.ts'
import { pageTrackStatus } from './page-track-status.ts'
import { pageTrackStop } from './page-track-stop.ts'
import { trashEmpty } from './trash-empty.ts'
import { trashList } from './trash-list.ts'

export const allCommands: readonly AnyCommand[] = [
  doctor,
  full,
  incr,
  history,
  chainList,
  chainShow,
  chainVerify,
  chainAdopt,
  chainMerge,
  chainExpire,
  chainPin,
  chainUnpin,
  chainLabel,
  chainRebuild,
  binlogPull,
  binlogList,
  binlogVerify,
  binlogFind,
  restore,
  drill,
  decompress,
  apply,
  metrics,
  report,
  pageTrackStatus,
  pageTrackStart,
  pageTrackStop,
  pageTrackPurge,
  trashList,
  trashEmpty,
]

/** What the first words of two-word commands stand for. */
export const commandGroups: Readonly<Record<string, string>> = {
  chain: 'Backups and how they depend on each other',
  binlog: 'Archived binlogs, which lead from a backup to any moment',
  'page-track': 'Page tracking in the server',
  trash: 'What was moved aside',
}
