// A GreatSQL server as the donor of a scene, clonectl being told of it as of any other: the emulator,
// or a real one where CLONECTL_GREATSQL_BASEDIR names an installation.
import { afterAll, beforeAll, describe } from 'vitest'
import { startInstance, type Instance } from '../../bed/instance.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../../bed/scratch-directory.ts'
import { startEmulator, type Emulator } from '../../greatsql-emulator/emulator.ts'
import type { EmulatorOptions } from '../../greatsql-emulator/options.ts'
import { makeScene, type Scene } from '../support/scene.ts'

/** What both have. */
export type GreatSqlServer = Pick<Instance, 'dir' | 'socket' | 'port' | 'datadir' | 'sql' | 'stop'>

export interface GreatSqlScene {
  readonly scene: Scene
  readonly server: GreatSqlServer
  /** Throws with a real server: for tests of describeEmulator only. */
  readonly emulator: Emulator
}

const isReal = (process.env['CLONECTL_GREATSQL_BASEDIR'] ?? '') !== ''

/** Tests that look into the emulator, or make it lie; a real server is not asked for them. */
export const describeEmulator: (name: string, fn: () => void) => void = (name, fn) => {
  describe.skipIf(isReal)(isReal ? `${name} (on the emulator only)` : name, fn)
}

type Options = Omit<EmulatorOptions, 'dir'>

/** Real servers come without the plugin and the component, which the emulator's have. */
const INSTALL = `INSTALL PLUGIN clone SONAME 'mysql_clone.so';
  INSTALL COMPONENT 'file://component_mysqlbackup'`

const startReal = async (dir: string, { options }: Options): Promise<GreatSqlServer> => {
  const server = await startInstance({ dir, ...(options && { options }) })
  await server.sql(INSTALL)
  return server
}

/** Starts one server more. */
export const startGreatSql = (dir: string, options: Options = {}): Promise<GreatSqlServer> =>
  isReal ? startReal(dir, options) : startEmulator({ ...options, dir })

const isEmulator = (server: GreatSqlServer): server is Emulator => 'tuning' in server

/** Starts server and scene before the tests of this block and stops them after it. */
export const useGreatSql = (options: Options = {}): GreatSqlScene => {
  let scratch: ScratchDirectory | undefined
  let scene: Scene | undefined
  let server: GreatSqlServer | undefined
  beforeAll(async () => {
    scratch = await makeScratchDirectory()
    server = await startGreatSql(scratch.path, options)
    scene = await makeScene(isEmulator(server) ? server.document.basedir : undefined)
    await scene.useDonor(server)
  })
  afterAll(async () => {
    await server?.stop()
    await scene?.[Symbol.asyncDispose]()
    await scratch?.[Symbol.asyncDispose]()
  })
  const started = <T>(what: T | undefined): T => {
    if (what === undefined) throw new Error('it has not started yet')
    return what
  }
  return {
    get scene() {
      return started(scene)
    },
    get server() {
      return started(server)
    },
    get emulator() {
      const found = started(server)
      if (isEmulator(found)) return found
      throw new Error('this is a real server')
    },
  }
}
