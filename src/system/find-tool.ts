// Where a program is.

import { access, constants, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { ClonectlError, hasSystemCode } from '../errors.ts'

/** Where to look. */
export interface ToolPlaces {
  /** Installation directory of a server; its programs come before those of `path`. */
  readonly basedir?: string | undefined
  /** Directories in the form of the environment variable PATH. */
  readonly path?: string | undefined
}

const basedirFolders = ['bin', 'sbin', 'usr/bin', 'usr/sbin']
/** mysqld is often there, and users other than root often do not have it in their PATH. */
const lastResorts = ['/usr/sbin', '/usr/local/mysql/bin']
const unusable = ['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP']

const directoriesToSearch = ({ basedir, path = '' }: ToolPlaces): readonly string[] => {
  const ofBasedir =
    basedir === undefined ? [] : basedirFolders.map((folder) => join(basedir, folder))
  // A relative entry would run what happens to lie in the present directory.
  const ofPath = path.split(':').filter((dir) => isAbsolute(dir))
  return [...new Set([...ofBasedir, ...ofPath, ...lastResorts])]
}

const isExecutableFile = async (file: string): Promise<boolean> => {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch (error) {
    if (unusable.some((code) => hasSystemCode(error, code))) return false
    throw error
  }
}

/**
 * Finds a program by its name: in bin, sbin, usr/bin and usr/sbin of `basedir`, in the directories
 * of `path`, in /usr/sbin and /usr/local/mysql/bin. It must be a regular file, after links, that
 * may be executed. Throws TOOL_MISSING with every directory looked into.
 */
export const findTool = async (name: string, places: ToolPlaces = {}): Promise<string> => {
  const directories = directoriesToSearch(places)
  for (const directory of directories) {
    const file = join(directory, name)
    if (await isExecutableFile(file)) return file
  }
  throw new ClonectlError(
    'TOOL_MISSING',
    `the program ${name} was not found in ${directories.join(', ')}`,
    {
      hint: `Install it, or name the directory of the installation that holds bin/${name}.`,
      details: { name, directories },
    },
  )
}
