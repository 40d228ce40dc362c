/** The two revisions that are measured: the newest of either era. */
export const legacy = '2025-11-25'
export const modern = '2026-07-28'
export type Version = typeof legacy | typeof modern

const me = { name: 'bench', version: '1.0.0' }

/** What every modern request says of its caller. */
export const envelope = {
  'io.modelcontextprotocol/protocolVersion': modern,
  'io.modelcontextprotocol/clientInfo': me,
  'io.modelcontextprotocol/clientCapabilities': {},
}

/** The first message of a legacy conversation. */
export const initialize: string = JSON.stringify({
  jsonrpc: '2.0',
  id: 'first',
  method: 'initialize',
  params: { protocolVersion: legacy, capabilities: {}, clientInfo: me },
})

/** The second. */
export const initialized = '{"jsonrpc":"2.0","method":"notifications/initialized"}'

/** What a modern conversation may begin with. */
export const discover: string = JSON.stringify({
  jsonrpc: '2.0',
  id: 'first',
  method: 'server/discover',
  params: { _meta: envelope },
})

/** One call that a driver makes, and the text that it must be answered with. */
export type CallPlan = {
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
  readonly expected: string
  /** Notifications that must come ahead of the answer: the call asks for progress then, with its id as the token. */
  readonly notified?: number
}

/** A call of the small tool that most cells are about, different each time. */
export const addition = (index: number): CallPlan => {
  const a = index % 1000
  return { name: 'add', arguments: { a, b: 7 }, expected: String(a + 7) }
}

/** The same, answered after one notification, which makes an HTTP answer an event stream. */
export const toldAddition = (index: number): CallPlan => ({ ...addition(index), name: 'tell', notified: 1 })

/** The text of a `tools/call` in one revision. */
export const callText = (version: Version, id: number, plan: CallPlan): string => {
  const meta = {
    ...(version === modern && envelope),
    ...(plan.notified !== undefined && { progressToken: id }),
  }
  const params = { name: plan.name, arguments: plan.arguments, ...(Object.keys(meta).length > 0 && { _meta: meta }) }
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params })
}

type Answer = {
  readonly id?: unknown
  readonly method?: unknown
  readonly error?: unknown
  readonly result?: { readonly isError?: boolean; readonly content?: readonly { readonly text?: string }[] }
}

/** A message from the far side. The bench reads its own servers' and its peers' answers, so their shape is taken as given. */
export const readAnswer = (text: string): Answer => JSON.parse(text) as Answer

/** Throws unless an answer is the one that a call must get. */
export const checkAnswer = (answer: Answer, expected: string): void => {
  const text = answer.result?.content?.[0]?.text
  if (text === expected && answer.result?.isError !== true) return
  throw new Error(`A call was answered with ${JSON.stringify(answer).slice(0, 300)}`)
}
