import { connect } from '@parley/client'
import type { Connectable } from '@parley/client'
import type { Dial } from '@parley/protocol'
import { revisions } from '@parley/protocol'
import { expect } from 'vitest'

/** Every revision, so that neighbours speak different ones. */
const versions = revisions.map(({ version }) => version)
// Forms came with the third revision, so that a client of an elder one cannot be asked.
const asking = versions.slice(0, 3)

/** Numbers from 0 up to `below`, the same for the same seed. */
export const random = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 0x100000000) * below)
  }
}

/** What one client of a crowd heard. */
export type Heard = {
  era: string
  ids: number[]
  progress: number
  lines: number
  questions: number
  foreign: string[]
}

const calls = 3
const steps = 4

/** How one client of a crowd is told from the others, and how it behaves. */
export type Member = { name: string; index: number; random: (below: number) => number }

const oneCall = async (
  client: Awaited<ReturnType<typeof connect>>,
  mark: string,
  member: Member,
  heard: Heard,
): Promise<void> => {
  const delays = Array.from({ length: steps }, () => member.random(12))
  const { content } = await client.callTool(
    'work',
    { mark, delays },
    {
      onProgress: ({ message = '' }) => {
        heard.progress += 1
        if (!message.startsWith(`${mark} step `)) heard.foreign.push(message)
      },
    },
  )
  const [block] = content
  const text = block?.type === 'text' ? block.text : ''
  const [said, id] = text.split('; id ')
  expect(said).toBe(`${mark} heard ${mark} answer`)
  heard.ids.push(Number(id))
}

/** Connects one client, makes its calls at once, and settles with what it heard. Everything must carry its own mark. */
export const join = async (target: Dial | Connectable, member: Member): Promise<Heard> => {
  const version = asking[member.index % asking.length] ?? ''
  const heard: Heard = { era: '', ids: [], progress: 0, lines: 0, questions: 0, foreign: [] }
  const own = `${member.name}/`
  const client = await connect(target, {
    name: member.name,
    version: '1.0.0',
    versions: [version],
    logLevel: 'info',
    onLog: ({ data }) => {
      heard.lines += 1
      if (typeof data !== 'string' || !data.startsWith(own)) heard.foreign.push(JSON.stringify(data))
    },
    onElicit: ({ message }) => {
      heard.questions += 1
      if (!message.startsWith(own)) heard.foreign.push(message)
      return { action: 'accept', content: { mark: message.replace(' question', ' answer') } }
    },
  })
  try {
    heard.era = client.era
    await Promise.all(Array.from({ length: calls }, (_, call) => oneCall(client, `${own}${call}`, member, heard)))
  } finally {
    await client.close()
  }
  return heard
}

/** Asserts that nobody heard a stranger's word, nor missed one of their own, and gives a line of figures. */
export const tally = (all: readonly Heard[]): string => {
  const sum = (of: (heard: Heard) => number): number => all.reduce((total, heard) => total + of(heard), 0)
  expect(all.flatMap(({ foreign }) => foreign)).toEqual([])
  for (const heard of all) {
    // In the modern era the handler is run again with the answer, so it says everything twice.
    const runs = heard.era === 'modern' ? 2 : 1
    expect(heard).toMatchObject({ lines: calls * steps * runs, questions: calls })
    expect(heard.ids).toHaveLength(calls)
  }
  const modern = all.filter(({ era }) => era === 'modern').length
  const ids = new Set(all.flatMap((heard) => heard.ids))
  // Equal ids are the point: each client counts from 1.
  expect(ids.size).toBeLessThan(20)
  return (
    `${all.length} clients (${modern} modern, ${all.length - modern} legacy): ${sum(({ ids: own }) => own.length)} calls ` +
    `under ${ids.size} different ids, ${sum(({ progress }) => progress)} progress, ${sum(({ lines }) => lines)} log ` +
    `lines, ${sum(({ questions }) => questions)} questions; nobody heard another's`
  )
}
