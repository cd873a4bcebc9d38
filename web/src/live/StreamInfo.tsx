import { Table } from "@mantine/core";

import { codecName } from "../settings/labels";
import styles from "./LiveView.module.css";
import type { Stats } from "./player";

/** What this page receives, measured here every second. */
export function StreamInfo({ stats }: { stats: Stats | null }) {
  const rows: [string, string][] = stats
    ? [
        ["Format", codecName(stats.codec)],
        ["Resolution", `${stats.width} × ${stats.height}`],
        ["Frame rate", `${stats.fps.toFixed(1)} fps`],
        ["Bitrate", stats.kbps < 1000 ? `${stats.kbps.toFixed(0)} kbit/s` : `${(stats.kbps / 1000).toFixed(2)} Mbit/s`],
        ["Delay in the camera", `${stats.cameraDelay.toFixed(0)} ms`],
        ["Dropped", `${stats.dropped}`],
        ["Waiting to be decoded", `${stats.waiting}`],
      ]
    : [["Stream", "starting"]];
  return (
    <div className={`${styles["glass"]} ${styles["info"]}`} data-testid="stats">
      <Table withRowBorders={false} verticalSpacing={0} horizontalSpacing={6} fz="xs" w="auto">
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Td opacity={0.75}>{name}</Table.Td>
              <Table.Td ta="right" style={{ fontVariantNumeric: "tabular-nums" }}>
                {value}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
