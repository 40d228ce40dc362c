/** What a loop is told: so many calls, so many of them in flight at once. */
export type Order = { readonly calls: number; readonly inFlight: number }

/** What it says when it is ready, when it is done, and when it failed. */
export type Word = { readonly ready?: true; readonly done?: true; readonly failed?: string }

const say = (word: Word): void => void process.send?.(word)

const work = async ({ calls, inFlight }: Order, call: (index: number) => Promise<string>): Promise<void> => {
  let sent = 0
  const worker = async (): Promise<void> => {
    while (sent < calls) {
      const index = sent++
      const text = await call(index)
      if (text !== String((index % 1000) + 7)) throw new Error(`Call ${index} was answered with ${text}`)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
}

/** Makes calls whenever the bench says so. `call` adds 7 to its index below a thousand, and gives the answer's text. */
export const obey = (call: (index: number) => Promise<string>): void => {
  process.on('message', (order: Order) => {
    work(order, call).then(
      () => say({ done: true }),
      (error: unknown) => say({ failed: String(error) }),
    )
  })
  say({ ready: true })
}

/** The arguments of a call. */
export const given = (index: number): { a: number; b: number } => ({ a: index % 1000, b: 7 })

/** The text of a result in any SDK's words. */
export const textOf = (result: object): string => {
  // It is a peer's own result, so its shape is taken as given; what is not there is `undefined`, which no call expects.
  const { content } = result as { readonly content?: readonly { readonly text?: unknown }[] }
  return String(content?.[0]?.text)
}
