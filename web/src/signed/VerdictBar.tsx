import { Box, Tooltip } from "@mantine/core";

import { COLOURS, stretches, type Track } from "./report";

/** A track from its first to its last picture, coloured by what was found. */
export function VerdictBar({ track, seconds }: { track: Track; seconds: number }) {
  const all = stretches(track, seconds);
  return (
    <Box pos="relative" h={22} bg="var(--mantine-color-default-border)" style={{ borderRadius: 4, overflow: "hidden" }} role="list" aria-label="Timeline of verdicts">
      {all.map(({ verdict, left, width, label }) => (
        <Tooltip key={`${left}-${verdict}`} label={label} withArrow>
          <Box
            role="listitem"
            aria-label={label}
            data-verdict={verdict}
            pos="absolute"
            top={0}
            bottom={0}
            bg={verdict === "pending" ? "var(--mantine-color-gray-5)" : `var(--mantine-color-${COLOURS[verdict]}-filled)`}
            style={{ left: `${left}%`, width: `${width}%` }}
          />
        </Tooltip>
      ))}
    </Box>
  );
}
