// What CLONE INSTANCE wants of the two servers, asked before it is run: the same version, the donor in
// clone_valid_donor_list, and packets large enough (MySQL manual 7.6.7.3; clone_client.cc).

import type { Check, CheckContext } from '../check.ts'

/** ER_CLONE_NETWORK_PACKET. */
const SMALLEST_PACKET_BYTES = 2 * 1024 * 1024

export const remoteDonor: Check = {
  name: 'remote-donor',
  run: async (context) => {
    const { donorAddress } = context
    if (donorAddress === undefined) return { state: 'ok', message: 'the server clones itself' }
    const problems = [
      ...versionProblems(context),
      ...(await donorListProblems(context)),
      ...(await packetProblems(context)),
    ]
    if (problems.length === 0)
      return {
        state: 'ok',
        message: `${donorAddress.host}:${donorAddress.port} can be cloned by the server`,
      }
    return {
      state: 'fail',
      message: problems.map(({ found }) => found).join('; '),
      hint: problems.map(({ hint }) => hint).join('; '),
    }
  },
}

interface Problem {
  readonly found: string
  readonly hint: string
}

const versionProblems = ({ identity, recipient }: CheckContext): readonly Problem[] =>
  identity.version === recipient.identity.version
    ? []
    : [
        {
          found: `the donor is ${identity.version}, the server that runs CLONE ${recipient.identity.version}`,
          hint: 'Run CLONE on a server of the same version.',
        },
      ]

/** Compared as text: the server looks no name up. 0.0.0.0 stands for any host (clone_plugin.cc). */
const donorListProblems = async ({
  recipient,
  donorAddress,
}: CheckContext): Promise<readonly Problem[]> => {
  const { host = '', port = 0 } = donorAddress ?? {}
  const list = (await recipient.session.value('SELECT @@GLOBAL.clone_valid_donor_list')) ?? ''
  const listed = list.split(',')
  if (listed.includes(`${host}:${port}`) || listed.includes(`0.0.0.0:${port}`)) return []
  return [
    {
      found: `${host}:${port} is not in clone_valid_donor_list, which is ${list === '' ? 'empty' : list}`,
      hint: `On the server that runs CLONE: SET GLOBAL clone_valid_donor_list = '${[...listed.filter((entry) => entry !== ''), `${host}:${port}`].join(',')}'`,
    },
  ]
}

const packetProblems = async ({
  session,
  recipient,
}: CheckContext): Promise<readonly Problem[]> => {
  const problems: Problem[] = []
  for (const [name, server] of [
    ['donor', session],
    ['server that runs CLONE', recipient.session],
  ] as const) {
    const bytes = Number(await server.value('SELECT @@GLOBAL.max_allowed_packet'))
    if (bytes >= SMALLEST_PACKET_BYTES) continue
    problems.push({
      found: `max_allowed_packet of the ${name} is ${bytes}, CLONE needs ${SMALLEST_PACKET_BYTES}`,
      hint: `On the ${name}: SET GLOBAL max_allowed_packet = ${SMALLEST_PACKET_BYTES}`,
    })
  }
  return problems
}
