// The least that a web-standard handler can do.
import { answerText } from '../servers/floor.ts'
import type { Incoming } from '../servers/floor.ts'
import { obeyWith } from './web-entry.ts'

const headers = { 'content-type': 'application/json' }

obeyWith(async (request) => new Response(answerText((await request.json()) as Incoming), { headers }))
