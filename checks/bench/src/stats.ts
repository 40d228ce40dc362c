import type { Series } from './measure.ts'

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b)

/** The value below which a share of the values lies, between neighbours in proportion. NaN for none. */
export const quantile = (values: readonly number[], share: number): number => {
  const ordered = sorted(values)
  const at = (ordered.length - 1) * share
  const low = ordered[Math.floor(at)] ?? Number.NaN
  const high = ordered[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}

/** The middle one of the values. */
export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** A ratio of two subjects: the median over all rounds, and how far single rounds lie apart. */
export type Ratio = { readonly median: number; readonly least: number; readonly most: number }

/**
 * How one series compares to another, taken side by side: round by round, and of those ratios the median.
 *
 * Both were measured in the same minute of the same machine, so what slowed one round down slowed both.
 */
export const ratio = (series: Series, against: Series): Ratio | undefined => {
  const ratios = series.samples.flatMap((sample, index) => {
    const other = against.samples[index]
    return other === undefined || other === 0 ? [] : [sample / other]
  })
  if (ratios.length === 0) return undefined
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) }
}
