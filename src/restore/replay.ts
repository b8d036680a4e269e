// Brings a proved stage forward to a time: a private mysqld on it, the donor's binlogs through
// mysqlbinlog into it, and a proof that exactly the wanted transactions arrived.

import { mkdir } from 'node:fs/promises'
import { ClonectlError } from '../errors.ts'
import { type BinlogFile, binlogFilesIn } from '../mysql/binlog-directory.ts'
import { clientOptionFile } from '../mysql/client-option-file.ts'
import { gtidSetEquals } from '../mysql/gtid-set.ts'
import { binlogReplayTools, pullBinlogs } from '../mysql/mysqlbinlog.ts'
import { startPrivateMysqld } from '../mysql/private-mysqld.ts'
import { openSession, type Session } from '../mysql/session.ts'
import type { ServerSettings } from '../repository/server-file.ts'
import type { Owner } from '../system/owner.ts'
import { pipeTools } from '../system/pipe-tools.ts'
import { writeSecretFile } from '../system/secret-file.ts'
import { baseNameOf } from './binlog-outlook.ts'
import { makeInstanceFiles } from './instance-files.ts'
import { dropReplayAccount, makeReplayAccount, type ReplayAccount } from './replay-account.ts'
import { findReplayRange, type ReplayRange, requireSameHistory } from './replay-range.ts'
import type { BinlogSource, RestoreContext } from './request.ts'
import type { Stage } from './stage.ts'
import { readRestoredState, type RestoredState } from './start-position.ts'

export interface ReplayRequest {
  readonly stage: Stage
  readonly owner: Owner
  readonly settings: ServerSettings
  readonly source: BinlogSource
  readonly until: Date
}

/** Replays and stops the instance cleanly; returns `@@gtid_executed`. */
export const replayTo = async (
  context: RestoreContext,
  request: ReplayRequest,
): Promise<string> => {
  const { stage, owner, settings } = request
  const account = await makeReplayAccount(stage.directory, owner)
  await using files = await makeInstanceFiles({
    datadir: stage.data,
    directory: stage.directory,
    settings,
    owner,
    initFile: account.initFile,
  })
  await stage.journal.begin('start')
  context.reporter.step('start', { socket: files.socket })
  await using server = await startPrivateMysqld({
    mysqld: await context.findTool('mysqld'),
    datadir: stage.data,
    ...files,
    signal: context.signal,
    onSpawn: (identity) => stage.journal.begin('mysqld', { mysqld: { ...identity } }),
  })
  const executed = await replayOn(context, request, files.socket, account)
  await server.stop()
  return executed
}

const replayOn = async (
  context: RestoreContext,
  request: ReplayRequest,
  socket: string,
  account: ReplayAccount,
): Promise<string> => {
  const login = { socket, user: account.user, password: account.password }
  await using session = await openSession(login)
  const state = await readRestoredState(session)
  const binlogs = await fetchBinlogs(context, request, state)
  const range = await findReplayRange(binlogs, state, request.until)
  requireSameHistory(state, range)
  await request.stage.journal.begin('replay')
  context.reporter.step('replay', {
    transactions: range.transactions,
    from: `${state.file}:${state.position}`,
    until: request.until.toISOString(),
  })
  if (range.transactions > 0) {
    const optionFile = await writeSecretFile(
      request.stage.directory,
      'replay-client.cnf',
      clientOptionFile(login),
    )
    await runReplay(context, range, optionFile)
  }
  await dropReplayAccount(session, account)
  return await requireArrived(session, state, range)
}

/** From the running donor they are copied first: positions can then be found, and nothing is streamed twice. */
const fetchBinlogs = async (
  context: RestoreContext,
  { stage, source }: ReplayRequest,
  state: RestoredState,
): Promise<readonly BinlogFile[]> => {
  const search = { baseName: baseNameOf(state.file) }
  if (source.kind === 'directory') return binlogFilesIn(source.path, search)
  await mkdir(stage.binlogs, { mode: 0o700 })
  await pullBinlogs({
    mysqlbinlog: await context.findTool('mysqlbinlog'),
    server: source.connection,
    firstFile: state.file,
    targetDir: stage.binlogs,
    signal: context.signal,
  })
  return binlogFilesIn(stage.binlogs, search)
}

const runReplay = async (
  context: RestoreContext,
  range: ReplayRange,
  optionFile: string,
): Promise<void> => {
  const { writer, reader } = binlogReplayTools({
    mysqlbinlog: await context.findTool('mysqlbinlog'),
    mysql: await context.findTool('mysql'),
    files: range.files.map((file) => file.path),
    startPosition: range.startPosition,
    stopPosition: range.stopPosition,
    optionFile,
  })
  await pipeTools(writer, reader, context.signal)
}

/** Both programs ending well says little: the set of executed transactions must be the sum. */
const requireArrived = async (
  session: Session,
  state: RestoredState,
  range: ReplayRange,
): Promise<string> => {
  const text = (await session.value('SELECT @@GLOBAL.gtid_executed')) ?? ''
  const executed = text.replaceAll(/\s/g, '')
  if (range.gtids === '') return executed
  const expected = [state.gtidExecuted, range.gtids].filter((set) => set !== '').join(',')
  if (gtidSetEquals(executed, expected)) return executed
  throw new ClonectlError('INTEGRITY', 'the replay did not end where it should', {
    hint: 'the log of the private mysqld says more; the target was not made',
    details: { expected, executed },
  })
}
