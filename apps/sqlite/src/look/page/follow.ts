import type { Desk } from './desk.ts'

/** What is heard of. */
export type Heard = {
  /** A resource changed. */
  readonly changed: (uri: string) => void
  /** Whether the server still tells. */
  readonly standing: (isHeard: boolean) => void
}

const pause = 2000

/** Listens to resources for as long as the page is open, and begins anew whenever the connection drops. */
export const follow = async (
  { client }: Desk,
  uris: readonly string[],
  { changed, standing }: Heard,
): Promise<never> => {
  for (;;) {
    try {
      const changes = await client.listen({ resourceSubscriptions: [...uris] })
      standing(true)
      // What happened before anyone listened is not told: everything is looked at once.
      for (const uri of uris) changed(uri)
      for await (const change of changes) if ('uri' in change) changed(change.uri)
    } catch {
      // The server may be back in a moment; until then the page says that it is not.
    }
    standing(false)
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}
