/** Characters that `echo_tool` takes. A message of a megabyte passes; stdio itself takes 4 MiB at a time. */
export const longestMessage = 1_048_576

/** Characters that everything else takes: what is said a hundred times, or stands in a URI, has to be shorter. */
export const longestShortMessage = 10_000

/** Characters of a message that is worth suggesting again. */
export const longestRecent = 200
