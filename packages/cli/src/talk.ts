import type { Json } from '@parley/core'
import { usage } from './failure.ts'
import { targetOf } from './talk/dial.ts'
import type { Line, TalkFlags } from './talk/flags.ts'
import { withTalk } from './talk/session.ts'
import type { Talk } from './talk/session.ts'
import { call, complete, inspect, list, prompt, read } from './talk/verbs.ts'
import type { Said } from './talk/verbs.ts'

type Verb = (talk: Talk, words: readonly string[], flags: TalkFlags) => Promise<Said>

const verbs = new Map<string, Verb>([
  ['inspect', inspect],
  ['list', list],
  ['call', call],
  ['read', read],
  ['prompt', prompt],
  ['complete', complete],
])

const print = (text: string): Promise<void> =>
  new Promise((resolve) => process.stdout.write(text.endsWith('\n') ? text : `${text}\n`, () => resolve()))

const pretty = (value: Json | object): string => JSON.stringify(value, undefined, 2)

/** Says one thing to a server and prints the answer: for people, or with `--json` for scripts. */
export const talk = async (name: string, line: Line, flags: TalkFlags): Promise<void> => {
  const verb = verbs.get(name)
  if (verb === undefined) throw usage(`There is no command ${name}.`)
  const { target, rest } = targetOf(line)
  const said = await withTalk(target, flags, (talking) => verb(talking, rest, flags))
  const text = flags.json === true ? pretty(said.json) : said.text
  if (text !== '') await print(text)
  if (said.failure !== undefined) throw said.failure
}
