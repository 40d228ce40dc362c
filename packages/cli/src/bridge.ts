import { proxy } from '@parley/proxy'
import { sentenceOf } from './failure.ts'
import type { RunFlags } from './run.ts'
import { serve } from './run.ts'
import { ownVersion } from './self.ts'
import { dialTarget } from './talk/dial.ts'
import type { Target } from './target.ts'

const say = (error: unknown): void => void process.stderr.write(`parley: ${sentenceOf(error)}\n`)

/** Serves a server that is elsewhere as if it were here: for hosts that know only stdio, whatever both sides speak. */
export const bridge = async (target: Target, flags: RunFlags): Promise<void> => {
  const dial = await dialTarget(target, flags, { stderr: 'inherit' })
  await serve(proxy(dial, { name: 'parley', version: ownVersion(), onError: say }), flags, target.shown)
}
