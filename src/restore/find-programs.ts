// The decompression programs that are installed. They are quicker than what is built in, and nothing
// needs them.

import type { Codec } from '../codec/codec.ts'
import type { Programs } from '../codec/programs.ts'
import { ClonectlError } from '../errors.ts'

/** Looks for the programs of these codecs. */
export const findPrograms = async (
  findTool: (name: string) => Promise<string>,
  codecs: Iterable<Codec>,
): Promise<Programs> => {
  const programs: Partial<Record<Codec, string>> = {}
  for (const codec of new Set(codecs)) {
    const program = await findOptional(() => findTool(codec))
    if (program !== undefined) programs[codec] = program
  }
  return programs
}

const findOptional = async (find: () => Promise<string>): Promise<string | undefined> => {
  try {
    return await find()
  } catch (error) {
    if (error instanceof ClonectlError && error.code === 'TOOL_MISSING') return undefined
    throw error
  }
}
