// A function call, with a JSON round trip each way: the least that keeps both ends from sharing anything.
import { callText, readAnswer } from '../messages.ts'
import type { Version } from '../messages.ts'
import { answerText } from '../servers/floor.ts'
import type { Incoming } from '../servers/floor.ts'
import { given, obey, textOf } from './loop.ts'

const version = process.argv[2] as Version
let ids = 0

obey(async (index) => {
  const request = callText(version, ids++, { name: 'add', arguments: given(index), expected: '' })
  const answer = answerText(JSON.parse(request) as Incoming)
  return textOf(readAnswer(answer).result ?? {})
})
